import type { ChosenSample } from './choose-examples.js';

/** A sample with what both models answered to it, redacted, to be read by a person. Never leaves the store. */
export interface AnsweredSample extends ChosenSample {
  readonly suite: string;
  /** The last thing the models were told. */
  readonly prompt: string;
  readonly reference: string;
  readonly championAnswer: string;
  readonly candidateAnswer: string;
}
