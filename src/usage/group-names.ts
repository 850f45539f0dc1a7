import type { GroupBy, UsageGroup } from '../history/answer.ts';
import type { Translate } from '../i18n/index.ts';
import { type ModelName, modelName } from './view.ts';

/** Of a key's id: as much as tells two of them apart, nearly always. */
const SHORT_KEY = 8;

/** What people call groups, in their order; those of one name with some of their key. */
export function groupNames(
  groups: readonly UsageGroup[],
  groupBy: GroupBy,
  t: Translate,
): ModelName[] {
  const named = groups.map((group) => ({ key: group.key, name: groupName(group, groupBy, t) }));
  const namesakes = Map.groupBy(named, ({ name }) => name.prefix + name.name);
  // Once for each name: hundreds of keys may have the same one.
  const lengths = new Map(
    [...namesakes].map(([name, same]) => {
      const short = new Set(same.map(({ key }) => key.slice(0, SHORT_KEY)));
      return [name, short.size === same.length ? SHORT_KEY : Infinity];
    }),
  );
  return named.map(({ key, name }) => {
    const whole = name.prefix + name.name;
    if (namesakes.get(whole)?.length === 1 || key === '') return name;
    return { ...name, name: `${name.name} (${key.slice(0, lengths.get(whole))})` };
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
