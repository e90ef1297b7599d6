/** One line of the checklist of `config check`. */
export interface CheckItem {
  readonly name: string;
  readonly outcome: 'ok' | 'failed' | 'warning';
  readonly detail: string;
}
