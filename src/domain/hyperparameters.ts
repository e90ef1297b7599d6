/** What a trainer is told: any JSON value but null, which says nothing that leaving it out does not. */
export type Hyperparameter =
  | boolean
  | number
  | string
  | readonly Hyperparameter[]
  | { readonly [name: string]: Hyperparameter };

/** Under the provider's own names, such as `{ n_epochs: 3, training_type: { type: 'Lora', lora_r: 8 } }`. */
export type Hyperparameters = Readonly<Record<string, Hyperparameter>>;

/** The members of a value that is a group of them; none of any other. */
export function membersOf(value: Hyperparameter | undefined): Hyperparameters {
  return isGroup(value) ? value : {};
}

/** Whether lists and groups stand in each other no deeper than this; one that holds itself never ends. */
export function isWithinDepth(value: Hyperparameter, levels: number): boolean {
  if (typeof value !== 'object') return true;
  return levels > 0 && Object.values(value).every((part) => isWithinDepth(part, levels - 1));
}

function isGroup(value: Hyperparameter | undefined): value is Hyperparameters {
  return typeof value === 'object' && !Array.isArray(value);
}
