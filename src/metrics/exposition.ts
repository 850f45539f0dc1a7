import { Counter, Gauge, Registry } from 'prom-client';
import type { Metric } from './samples.ts';

/** The format of `expose`, for the answer's header. */
export const CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** Metrics in Prometheus' text format. */
export function expose(metrics: readonly Metric[]): Promise<string> {
  // A registry of its own each time: what is gone must not be told any more.
  const registry = new Registry();
  for (const { name, help, type, samples } of metrics) {
    // prom-client would tell a zero.
    if (samples.length === 0) continue;
    const labelNames = [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))];
    const options = { name, help, labelNames, registers: [registry] };
    if (type === 'counter') {
      const counter = new Counter(options);
      for (const { labels, value } of samples) counter.inc(labels, value);
    } else {
      const gauge = new Gauge(options);
      for (const { labels, value } of samples) gauge.set(labels, value);
    }
  }
  return registry.metrics();
}
