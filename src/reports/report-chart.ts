import type { Translate } from '../i18n/index.ts';
import type { ChartModel } from '../usage/chart-model.ts';
import { groupColors, LEFT_OVER_COLOR } from '../usage/group-colors.ts';
import { modelName } from '../usage/model-name.ts';
import type { Report } from './report.ts';

/** The chart as the overview draws it, of what a report kept. */
export function reportChart({ chart, period }: Report, t: Translate): ChartModel {
  const { models, otherModels, resolution } = chart;
  const colors = groupColors(models, models);
  const named = models.map((endpointId) => ({
    name: modelName(endpointId).name,
    color: colors.get(endpointId) ?? LEFT_OVER_COLOR,
    href: null,
  }));
  const others = {
    name: t('explorer.others', { count: otherModels }),
    color: LEFT_OVER_COLOR,
    href: null,
  };
  return {
    resolution,
    layers: otherModels > 0 ? [...named, others] : named,
    before: null,
    buckets: chart.buckets.map(({ start, state, cost, calls, parts }) => ({
      start: start.toZonedDateTimeISO(period.timezone),
      // Of the day before all may still change: the report says so once, and not with every bar.
      state: state === 'settling' ? 'final' : state,
      ...{ cost, count: calls },
      parts: parts.map((part) => ({ cost: part.cost, count: part.calls })),
      before: null,
      href: null,
    })),
  };
}
