/** Of the page's eight chart colours the grey one is for what is left over. */
const COLORS = [1, 2, 3, 4, 5, 6, 8] as const;
export const LEFT_OVER_COLOR = 7;

/** How many groups have a colour of their own. */
export const COLORED_GROUPS = COLORS.length;

/**
 * Colours for the groups that a chart names, so that a group keeps its own: each asks for the one
 * that its key's hash points at, and gets the next that is free, the most expensive first. Whoever
 * filters passes the ranking without the filter as `all`, for the groups that are left not to change.
 * @param shown keys of the groups in the chart, at most `COLORED_GROUPS`. @param all most expensive first.
 */
export function groupColors(
  shown: readonly string[],
  all: readonly string[],
): ReadonlyMap<string, number> {
  const given = assign(all.slice(0, COLORED_GROUPS), new Map());
  const kept = new Map(
    shown.flatMap((key) => {
      const color = given.get(key);
      return color === undefined ? [] : [[key, color] as const];
    }),
  );
  return assign(shown, kept);
}

function assign(
  keys: readonly string[],
  given: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const colors = new Map(given);
  const taken = new Set(colors.values());
  for (const key of keys.filter((each) => !colors.has(each))) {
    const first = hash(key) % COLORS.length;
    const color = COLORS.map((_, step) => COLORS[(first + step) % COLORS.length]).find(
      (each) => each !== undefined && !taken.has(each),
    );
    if (color === undefined) break;
    taken.add(color);
    colors.set(key, color);
  }
  return colors;
}

/** FNV-1a: spreads ids that differ in a letter. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  }
  return sum >>> 0;
}
