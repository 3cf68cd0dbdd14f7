/**
 * All that some nodes lead to, themselves too: each once, and after what it leads to itself. A way may be longer than calls can be
 * deep. `onCycle` hears of each step back to a node from which the way has come, with the way from there.
 */
export function postOrder<Node>(
  starts: Iterable<Node>,
  nextOf: (node: Node) => Iterable<Node>,
  onCycle: (way: readonly Node[]) => void = () => undefined,
): readonly Node[] {
  const found = new Set<Node>();
  const ordered: Node[] = [];
  const way: { readonly node: Node; readonly rest: Iterator<Node> }[] = [];
  /** Where in it each is. */
  const positions = new Map<Node, number>();
  const enter = (node: Node): void => {
    if (found.has(node)) return;
    found.add(node);
    positions.set(node, way.length);
    way.push({ node, rest: nextOf(node)[Symbol.iterator]() });
  };
  for (const start of starts) {
    enter(start);
    for (let last = way.at(-1); last !== undefined; last = way.at(-1)) {
      const { done, value } = last.rest.next();
      const position = done === true ? undefined : positions.get(value);
      if (done === true) {
        way.pop();
        positions.delete(last.node);
        ordered.push(last.node);
      } else if (position === undefined) enter(value);
      else onCycle(way.slice(position).map(({ node }) => node));
    }
  }
  return ordered;
}
