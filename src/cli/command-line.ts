/** The command-line library, for all commands. */
export { Command, CommanderError } from 'commander';
