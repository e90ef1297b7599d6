import { operatorName, type Environment } from '../config/environment.js';
import { ConfigError } from '../domain/errors.js';

/** The name that an act is recorded under: as given, else the user at the terminal. A claim either way. */
export function operatorOf(given: string | undefined, environment: Environment): string {
  const name = (given ?? operatorName(environment) ?? '').trim();
  if (name === '') {
    throw new ConfigError('say who you are with --by NAME (--approver NAME for a decision)');
  }
  return name;
}
