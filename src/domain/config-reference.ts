/** A configuration by the digest under which it is stored at `config/<digest>.json`. */
export interface ConfigReference {
  readonly model: string;
  readonly configDigest: string;
}
