/** What is remembered for as long as there is room: what was not used for longest makes room. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Recent } from '../../container/profiler/src/recent.ts';

const MOST = 4;
const use = fc.record({ how: fc.constantFrom('get', 'set', 'set', 'delete'), key: fc.nat(6) });

test('it holds what a list of keys in the order of their use would', () => {
  fc.assert(
    fc.property(fc.array(use, { maxLength: 60 }), (uses) => {
      const recent = new Recent<number, number>(MOST);
      let inOrder: (readonly [number, number])[] = [];
      for (const [value, { how, key }] of uses.entries()) {
        const known = inOrder.find(([other]) => other === key);
        const others = inOrder.filter(([other]) => other !== key);
        if (how === 'get') expect(recent.get(key)).toBe(known?.[1]);
        if (how === 'get' && known !== undefined) inOrder = [...others, known];
        if (how === 'delete') recent.delete(key);
        if (how === 'delete') inOrder = others;
        if (how !== 'set') continue;
        const all = [...others, [key, value] as const];
        expect(recent.set(key, value)).toBe(all.length > MOST ? all[0]?.[1] : undefined);
        inOrder = all.slice(-MOST);
        expect([...recent.values()].sort()).toEqual(inOrder.map(([, held]) => held).sort());
      }
    }),
    { numRuns: 500 },
  );
});
