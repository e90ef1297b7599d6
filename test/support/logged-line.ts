import { fc } from './properties.js';
import type { LoggedLine, LoggedLineCall } from '../../src/ingest/lines/logged-line.js';

const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom('0', '9', 'a', 'f'), minLength: length, maxLength: length });

const call: fc.Arbitrary<LoggedLineCall> = fc
  .tuple(fc.nat(9), hex(26), fc.array(hex(26), { maxLength: 3 }), fc.boolean())
  .map(([messages, whole, parts, isAgainst]) => ({ messages, whole, parts, isAgainst }));

/** Lines of few ids, so that they come again, among them some that are no well-formed texts. */
export const loggedLine: fc.Arbitrary<LoggedLine> = fc
  .tuple(
    fc.constantFrom('a', 'b', 'ö', '\ud800', '"\n', 'c'.repeat(300)),
    fc.tuple(hex(64), fc.constantFrom('', 'redacted-email=2 redacted-phone=1')),
    fc.tuple(fc.nat(3), fc.constantFrom('log.jsonl', 's3://bucket/ö.jsonl'), fc.nat(2 ** 40)),
    fc.tuple(fc.integer({ min: -(2 ** 46), max: 2 ** 46 }), fc.nat(1_000)),
    fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.constantFrom(null, 'card')),
    fc.option(call),
  )
  .map(([id, [contentDigest, notes], [source, uri, number], [time, later], marks, ofCall]) => {
    const [consents, denies, isKnown, unwanted] = marks;
    return {
      ...{ id, contentDigest, source, uri, line: number, time, newest: time + later },
      ...{ consents, denies, unwanted, isKnown, notes, call: ofCall },
    };
  });
