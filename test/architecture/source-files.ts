import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { repositoryRoot } from '../support/paths.js';

/** What one TypeScript file refers to. */
export interface SourceFile {
  /** From the root of the repository, e.g. `src/text/words.ts`. */
  readonly path: string;
  readonly lineCount: number;
  /** Files of this repository, imported (types included) or started as a thread by `new URL('./x.js', import.meta.url)`. */
  readonly files: readonly string[];
  /** Modules of Node (`node:fs`) and npm packages (`@temporalio/client`), each once. */
  readonly packages: readonly string[];
  readonly readsEnvironment: boolean;
  /** Whether it looks at a clock or makes something random by itself. */
  readonly readsClock: boolean;
  readonly hasDefaultExport: boolean;
  /** Whether a property in it has a seed of its own. */
  readonly hasOwnSeed: boolean;
}

/** The folders of the program; tests and the bootstrap are not part of it. */
export const SOURCE_FOLDERS = ['activities', 'src', 'workflows'];

/** Every TypeScript file of `folders`, in the order of the paths. */
export function readSourceFiles(folders: readonly string[]): readonly SourceFile[] {
  return folders.flatMap(listTypeScript).sort().map(readSourceFile);
}

/** AssemblyScript, which has the ending of TypeScript and its own rules; it is compiled apart. */
const ASSEMBLY = join('src', 'text', 'assembly');

function listTypeScript(folder: string): readonly string[] {
  return readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path))
    .filter((path) => !path.startsWith(ASSEMBLY));
}

function readSourceFile(path: string): SourceFile {
  return parseSourceFile(path, readFileSync(join(repositoryRoot, path), 'utf8'));
}

/** @see SourceFile */
export function parseSourceFile(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const specifiers = new Set<string>();
  let readsEnvironment = false;
  let readsClock = false;
  let hasDefaultExport = false;
  let hasOwnSeed = false;
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== null) specifiers.add(specifier);
    readsEnvironment ||= isEnvironment(node);
    readsClock ||= isClock(node);
    hasDefaultExport ||= isDefaultExport(node);
    hasOwnSeed ||= isSeededProperty(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  const all = [...specifiers];
  return {
    path,
    lineCount: text.split('\n').length - 1,
    files: all.filter(isRelative).flatMap((specifier) => resolve(path, specifier)),
    packages: [...new Set(all.filter((specifier) => !isRelative(specifier)).map(packageName))],
    readsEnvironment,
    readsClock,
    hasDefaultExport,
    hasOwnSeed,
  };
}

function specifierOf(node: ts.Node): string | null {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return textOf(node.moduleSpecifier);
  }
  if (ts.isImportTypeNode(node)) {
    return ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : null;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return textOf(node.arguments[0]);
  }
  const isUrl = ts.isNewExpression(node) && node.expression.getText() === 'URL';
  const isOwnFile = isUrl && node.arguments?.[1]?.getText() === 'import.meta.url';
  const path = isOwnFile ? textOf(node.arguments[0]) : null;
  return path !== null && path.endsWith('.js') ? path : null;
}

function textOf(node: ts.Node | undefined): string | null {
  return node !== undefined && ts.isStringLiteral(node) ? node.text : null;
}

function isEnvironment(node: ts.Node): boolean {
  if (ts.isImportSpecifier(node)) {
    const from = node.parent.parent.parent.moduleSpecifier;
    return (node.propertyName ?? node.name).text === 'env' && textOf(from) === 'node:process';
  }
  const isMember = ts.isPropertyAccessExpression(node) && node.name.text === 'env';
  const isElement = ts.isElementAccessExpression(node) && textOf(node.argumentExpression) === 'env';
  return (isMember || isElement) && /^(globalThis\.)?process$/.test(node.expression.getText());
}

const CLOCK = /^(Date\.now|performance\.now|process\.hrtime|Math\.random)$/;
const RANDOM_IMPORT = /^(randomBytes|randomInt|randomUUID|getRandomValues)$/;

function isClock(node: ts.Node): boolean {
  if (ts.isImportSpecifier(node)) return RANDOM_IMPORT.test((node.propertyName ?? node.name).text);
  if (ts.isNewExpression(node)) {
    return node.expression.getText() === 'Date' && (node.arguments ?? []).length === 0;
  }
  return ts.isPropertyAccessExpression(node) && CLOCK.test(node.getText());
}

/** `fc.assert(…, { seed })`: a seed that no other takes the place of. */
function isSeededProperty(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || !/^fc\.(assert|check)$/.test(node.expression.getText())) {
    return false;
  }
  const options = node.arguments[1];
  if (options === undefined || !ts.isObjectLiteralExpression(options)) return false;
  return options.properties.some(({ name }) => name?.getText() === 'seed');
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
  );
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith('.');
}

/** Nothing for what has no source, such as the workflow bundle. */
function resolve(from: string, specifier: string): readonly string[] {
  const full = join(repositoryRoot, from, '..', specifier.replace(/\.js$/, '.ts'));
  return existsSync(full) ? [relative(repositoryRoot, full)] : [];
}

function packageName(specifier: string): string {
  if (builtinModules.includes(specifier)) return `node:${specifier}`;
  if (specifier.startsWith('node:')) return specifier;
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
