/** What is used of a file's schema, as `hyparquet` tells it. */
export interface SchemaNode {
  readonly element: {
    readonly name: string;
    readonly repetition_type?: string;
    readonly converted_type?: string;
    readonly logical_type?: object;
  };
  readonly children: readonly SchemaNode[];
}

type Row = Readonly<Record<string, unknown>>;

/**
 * Older writers repeat a field without a list around it. Such a field can't be missing: where there is nothing in it,
 * the reader's `null` is an empty list.
 */
export function withEmptyLists(row: Row, schema: SchemaNode): Row {
  const own = schema.children.filter(holdsBareList);
  if (own.length === 0) return row;
  const filled = own.map((node) => [node.element.name, filledOf(row[node.element.name], node)]);
  return { ...row, ...(Object.fromEntries(filled) as Row) };
}

function filledOf(value: unknown, node: SchemaNode): unknown {
  if (isRepeated(node)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    return node.children.length === 0 ? items : items.map((item) => filledGroup(item, node));
  }
  return filledGroup(value, node);
}

function filledGroup(value: unknown, node: SchemaNode): unknown {
  const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isGroup ? withEmptyLists(value as Row, node) : value;
}

function holdsBareList(node: SchemaNode): boolean {
  // Lists and maps that are told to be such are groups around what is repeated, and may be missing.
  const { converted_type: converted, logical_type: logical } = node.element;
  if (converted === 'LIST' || converted === 'MAP' || logical !== undefined) return false;
  return isRepeated(node) || node.children.some(holdsBareList);
}

function isRepeated({ element }: SchemaNode): boolean {
  return element.repetition_type === 'REPEATED';
}
