/** How a user puts candidates up and takes them down: by programs of their own. */
export interface DeployCommands {
  /** Program and arguments; `{model}`, `{baseURL}` and `{folder}` are filled in. It ends when the model answers. */
  readonly up: readonly string[];
  /** As `up`, and `{name}` is the name that the model answers under. It ends when the model is gone. */
  readonly down: readonly string[];
  /** Where runs of the two have their folders. */
  readonly folder: string;
  readonly timeoutMinutes: number;
}

/** The programs that candidates are put up by, where there are any. */
export function deployCommandsOf({
  deploy,
}: {
  readonly deploy?: true | DeployCommands | undefined;
}): DeployCommands | null {
  return typeof deploy === 'object' ? deploy : null;
}
