/**
 * English words that carry no topic. A small set of samples can't tell them from words that do: of five
 * questions, two may have a `the`. They are damped as if half of some more samples had them.
 */
export const FUNCTION_WORDS: readonly string[] = (
  'a about after all also am an and any are as at be because been before being but by can could did do does ' +
  'doing each else every find for from get had has have having he her here hers him his how however i if in ' +
  'into is it its just let many may me might more most much must my no not now of off on one only or other ' +
  'our out over own per please same shall she should so some such tell than that the their them then there ' +
  'these they this those through to too total under up upon us very was we were what when where which while ' +
  'who whom whose why will with within would you your'
).split(' ');
