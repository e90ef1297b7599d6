import { DataError } from '../domain/errors.js';

/** The arrays that an index is made of, by their names. */
export interface ArrayTypes {
  readonly bytes: Uint8Array;
  readonly integers: Int32Array;
  readonly naturals: Uint32Array;
  readonly numbers: Float64Array;
}

/** Which arrays a payload has, and of which type; in the order of the shape they stand one behind the other. */
export type SectionShape = Readonly<Record<string, keyof ArrayTypes>>;

export type Sections<Shape extends SectionShape> = {
  readonly [Name in keyof Shape]: ArrayTypes[Shape[Name]];
};

interface ArrayType {
  readonly create: (length: number) => ArrayTypes[keyof ArrayTypes];
  readonly write: (view: DataView, at: number, value: number) => void;
  readonly read: (view: DataView, at: number) => number;
}

const TYPES: Readonly<Record<keyof ArrayTypes, ArrayType>> = {
  bytes: {
    create: (length) => new Uint8Array(length),
    write: (view, at, value) => view.setUint8(at, value),
    read: (view, at) => view.getUint8(at),
  },
  integers: {
    create: (length) => new Int32Array(length),
    write: (view, at, value) => view.setInt32(at, value, true),
    read: (view, at) => view.getInt32(at, true),
  },
  naturals: {
    create: (length) => new Uint32Array(length),
    write: (view, at, value) => view.setUint32(at, value, true),
    read: (view, at) => view.getUint32(at, true),
  },
  numbers: {
    create: (length) => new Float64Array(length),
    write: (view, at, value) => view.setFloat64(at, value, true),
    read: (view, at) => view.getFloat64(at, true),
  },
};

const LENGTH_BYTES = 4;

/** Each array's length in four bytes and then its values, little-endian whatever the machine is. */
export function encodeSections<Shape extends SectionShape>(
  shape: Shape,
  sections: Sections<Shape>,
): Uint8Array {
  const names = Object.keys(shape) as (keyof Shape & string)[];
  const size = names.reduce((sum, name) => sum + LENGTH_BYTES + sections[name].byteLength, 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const name of names) {
    const values = sections[name];
    const { write } = TYPES[shape[name] ?? 'bytes'];
    view.setUint32(at, values.length, true);
    at += LENGTH_BYTES;
    for (let index = 0; index < values.length; index += 1) {
      write(view, at, values[index] ?? 0);
      at += values.BYTES_PER_ELEMENT;
    }
  }
  return bytes;
}

/**
 * The arrays of a payload, in memory of their own.
 * @throws DataError `index-refused` where the bytes are not those of such arrays.
 */
export function decodeSections<Shape extends SectionShape>(
  shape: Shape,
  bytes: Uint8Array,
): Sections<Shape> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Record<string, ArrayTypes[keyof ArrayTypes]> = {};
  let at = 0;
  for (const [name, type] of Object.entries(shape)) {
    if (at + LENGTH_BYTES > bytes.length) throw refused('its payload ends too early');
    const length = view.getUint32(at, true);
    at += LENGTH_BYTES;
    const { create, read } = TYPES[type];
    const width = create(0).BYTES_PER_ELEMENT;
    if (at + length * width > bytes.length) throw refused('its payload ends too early');
    const values = create(length);
    for (let index = 0; index < length; index += 1, at += width) values[index] = read(view, at);
    found[name] = values;
  }
  if (at !== bytes.length) throw refused('its payload is too long');
  return found as Sections<Shape>;
}

function refused(how: string): DataError {
  return new DataError('index-refused', how);
}
