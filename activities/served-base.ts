import type { Configuration } from '../src/domain/configuration.js';
import type { Dependencies } from './dependencies.js';

/**
 * A run's configuration with the name that its base model is served under as the worker knows it, where that trains from the
 * same one: a job that is paid for, and of which no model could be made for want of that name, goes on once it is set. It is
 * part of no run key and of nothing that is written.
 */
export function servedAsNow(
  { startedWith }: Pick<Dependencies, 'startedWith'>,
  configuration: Configuration,
): Configuration {
  const { servedBaseModel, baseModel } = startedWith.train;
  const isSame = baseModel === configuration.train.baseModel;
  if (servedBaseModel === undefined || !isSame) return configuration;
  return { ...configuration, train: { ...configuration.train, servedBaseModel } };
}
