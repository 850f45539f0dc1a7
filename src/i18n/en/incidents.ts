export const incidents = {
  'incident.found': '“{{kind}}” found something.',
  'incident.over': '“{{kind}}” finds nothing any more.',
  'incident.in_days_one': '{{formatted}} day',
  'incident.in_days_other': '{{formatted}} days',
  'incident.in_hours_one': '{{formatted}} hour',
  'incident.in_hours_other': '{{formatted}} hours',
  'incident.in_minutes_one': '{{formatted}} minute',
  'incident.in_minutes_other': '{{formatted}} minutes',
  'incident.in_times_one': '{{formatted}} time',
  'incident.in_times_other': '{{formatted}} times',
};
