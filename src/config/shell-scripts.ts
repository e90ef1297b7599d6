/** Whether a shell would read a place of these as words of its own: hosts, trainers and programs give names of models. */
export function isReadByShell(
  [program = '', ...parameters]: readonly string[],
  places: readonly string[],
): boolean {
  const isShell = /(?:^|\/)(?:ba|da|k|z)?sh$/u.test(program);
  const script = parameters[parameters.findIndex((each) => /^-[a-z]*c$/u.test(each)) + 1] ?? '';
  return isShell && places.some((place) => script.includes(place));
}
