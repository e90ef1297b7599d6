/** Objects of the OpenAI files, fine-tuning and models API, under their own names. Times are Unix seconds. */

export interface FileObject {
  readonly id: string;
  readonly object: 'file';
  readonly bytes: number;
  readonly created_at: number;
  readonly filename: string;
  readonly purpose: 'fine-tune';
  readonly status: 'processed';
}

export interface Hyperparameters {
  readonly n_epochs: number;
  readonly batch_size: 1;
  readonly learning_rate_multiplier: number;
}

/** Those of preference tuning have a beta. */
export interface PreferenceHyperparameters extends Hyperparameters {
  readonly beta: number;
}

export type JobMethod =
  | {
      readonly type: 'supervised';
      readonly supervised: { readonly hyperparameters: Hyperparameters };
    }
  | { readonly type: 'dpo'; readonly dpo: { readonly hyperparameters: PreferenceHyperparameters } };

export interface JobError {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
}

export type JobStatus =
  'validating_files' | 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface JobObject {
  readonly id: string;
  readonly object: 'fine_tuning.job';
  readonly model: string;
  readonly created_at: number;
  readonly finished_at: number | null;
  readonly fine_tuned_model: string | null;
  readonly organization_id: string;
  readonly result_files: readonly string[];
  readonly status: JobStatus;
  readonly training_file: string;
  readonly validation_file: string | null;
  readonly hyperparameters: Hyperparameters;
  readonly method: JobMethod;
  readonly trained_tokens: number | null;
  readonly error: JobError | null;
  readonly seed: number;
  readonly suffix: string | null;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly integrations: readonly string[];
  readonly estimated_finish: number | null;
}

export interface JobEvent {
  readonly id: string;
  readonly object: 'fine_tuning.job.event';
  readonly created_at: number;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly type: 'message' | 'metrics';
  readonly data: Readonly<Record<string, number>>;
}

export interface CheckpointObject {
  readonly id: string;
  readonly object: 'fine_tuning.job.checkpoint';
  readonly created_at: number;
  readonly fine_tuned_model_checkpoint: string;
  readonly fine_tuning_job_id: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly step_number: number;
}

export interface ModelObject {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
}

/** A page of a list. */
export interface Page<T> {
  readonly object: 'list';
  readonly data: readonly T[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

/** The one base model there is, and the organisation in the names of what is made from it. */
export const BASE_MODEL = 'local-linear-1';
export const ORGANISATION = 'holdfast';

export const TERMINAL_STATUSES: readonly JobStatus[] = ['succeeded', 'failed', 'cancelled'];

/** The part of `items` (in the order they are to be shown) after the item `after`, at most `limit` long. */
export function page<T extends { readonly id: string }>(
  items: readonly T[],
  limit: number,
  after: string | null,
): Page<T> {
  const start = after === null ? 0 : items.findIndex((item) => item.id === after) + 1;
  const data = items.slice(start, start + limit);
  return {
    object: 'list',
    data,
    has_more: start + limit < items.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}
