import { isMap, isSeq, LineCounter, parseDocument, type Document, stringify } from 'yaml';
import { ConfigError } from '../domain/errors.js';

/** A YAML file that was read: its value, and where things stand in it. */
export interface YamlFile {
  readonly value: unknown;
  /** The line of the deepest part of a path that stands in the file, so that a missing key shows its group. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** @throws ConfigError with every place that is no YAML; the parser's messages may quote the file, its codes don't. */
export function readYaml(text: string, name: string): YamlFile {
  const { document, lines } = parse(text, name);
  return {
    value: document.toJS(),
    lineOf: (path) => {
      for (let depth = path.length; depth >= 0; depth -= 1) {
        const node: unknown = document.getIn(path.slice(0, depth), true);
        const range = (node as { readonly range?: readonly number[] } | undefined)?.range;
        if (range?.[0] !== undefined) return lines.linePos(range[0]).line;
      }
      return 1;
    },
  };
}

/**
 * A configuration's text with an eval set pinned: the digest of the set of this name is replaced, or an
 * entry is added. Comments and everything else stay as they are.
 * @throws ConfigError when the text is no YAML, or `evals` is no list.
 */
export function pinEvalSet(
  text: string,
  name: string,
  pin: { readonly name: string; readonly digest: string },
): string {
  const { document } = parse(text, name);
  if (!document.hasIn(['evals'])) document.setIn(['evals'], document.createNode([]));
  const evals = document.getIn(['evals'], true);
  if (!isSeq(evals)) throw new ConfigError(`${name}: evals is no list`);
  const index = evals.items.findIndex((item) => isMap(item) && item.get('name') === pin.name);
  if (index === -1) {
    evals.flow = false;
    evals.add(document.createNode(pin));
  } else {
    document.setIn(['evals', index, 'digest'], pin.digest);
  }
  return document.toString({ lineWidth: 0 });
}

function parse(
  text: string,
  name: string,
): { readonly document: Document; readonly lines: LineCounter } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length === 0) return { document, lines };
  const rows = document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return `  line ${line}, column ${col}: ${error.code.toLowerCase().replaceAll('_', ' ')}`;
  });
  throw new ConfigError(`${name} is not valid YAML:\n${[...new Set(rows)].join('\n')}`);
}

/** A document as YAML text; `writeYaml({ a: [1] })` is `a:\n  - 1\n`. */
export function writeYaml(document: object): string {
  return stringify(document);
}
