import type { GroupBy, UsageGroup } from '../history/answer.ts';
import type { Translate } from '../i18n/index.ts';
import { type ModelName, modelName } from './model-name.ts';

/** Of a key's id: as much of its end as tells two of them apart, nearly always. */
const TAIL = 6;

/** A name that others may have too, with the end of what it is the name of. */
export function nameWithTail(name: string, key: string): string {
  return key.length > TAIL ? `${name} (…${key.slice(-TAIL)})` : `${name} (${key})`;
}

/** What people call groups, in their order; those of one name with some of their key. */
export function groupNames(
  groups: readonly UsageGroup[],
  groupBy: GroupBy,
  t: Translate,
): ModelName[] {
  const named = groups.map((group) => ({ key: group.key, name: groupName(group, groupBy, t) }));
  const namesakes = Map.groupBy(named, ({ name }) => name.prefix + name.name);
  // Once for each name: hundreds of keys may have the same one.
  const haveTails = new Map(
    [...namesakes].map(([name, same]) => {
      const tails = new Set(same.map(({ key }) => key.slice(-TAIL)));
      return [name, tails.size === same.length];
    }),
  );
  return named.map(({ key, name }) => {
    const whole = name.prefix + name.name;
    if (namesakes.get(whole)?.length === 1 || key === '') return name;
    const isTailEnough = haveTails.get(whole) ?? false;
    return { ...name, name: isTailEnough ? nameWithTail(name.name, key) : `${name.name} (${key})` };
  });
}

function groupName({ key, name }: UsageGroup, groupBy: GroupBy, t: Translate): ModelName {
  switch (groupBy) {
    case 'endpoint':
      return modelName(key);
    case 'api_key':
      return { prefix: '', name: name ?? (key || t('explorer.no_key')) };
    case 'unit':
      return { prefix: '', name: key || t('explorer.no_unit') };
    case 'account':
      return { prefix: '', name: name ?? key };
  }
}
