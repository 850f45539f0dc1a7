export const explorer = {
  'chart.cost_by_week': 'Cost by week',
  'chart.cost_by_month': 'Cost by month',
  'chart.calls_by_week': 'Calls by week',
  'chart.calls_by_month': 'Calls by month',
  'chart.bucket_week': 'Week from',
  'chart.bucket_month': 'Month',
  'chart.moving': 'may still change',
  'chart.layers': 'What the bars are made of',
} as const;
