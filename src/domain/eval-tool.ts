/** Eval harnesses whose results are read as they are. */
export const EVAL_TOOLS = ['promptfoo', 'lm-evaluation-harness', 'inspect'] as const;
export type EvalTool = (typeof EVAL_TOOLS)[number];

/** How a harness of the user's own measures a frozen set: a command that is run once for each model. */
export interface EvalToolConfiguration {
  readonly tool: EvalTool;
  /** Program and arguments; `{model}`, `{baseURL}`, `{folder}` and `{samples}` are filled in. */
  readonly command: readonly string[];
  /** Name of the file with the results, `*` for any part of it; as the tool names it where left out. */
  readonly file?: string | undefined;
  /** Which of the file's scores are meant, where it has several. */
  readonly metric?: string | undefined;
  readonly filter?: string | undefined;
  readonly provider?: string | undefined;
  /** Where runs of the command have their folders. */
  readonly folder: string;
  readonly timeoutMinutes: number;
}

/** Who measured a suite, as the evidence of a decision names it. */
export interface ToolRecord {
  readonly tool: EvalTool;
  /** SHA-256 of each model's scores as they were matched with the samples, by its role. */
  readonly results: Readonly<Record<string, string>>;
}

/** What a harness calls itself. */
export const TOOL_NAMES: Readonly<Record<EvalTool, string>> = {
  promptfoo: 'promptfoo',
  'lm-evaluation-harness': 'lm-evaluation-harness',
  inspect: 'Inspect',
};
