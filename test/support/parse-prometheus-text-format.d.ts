declare module 'parse-prometheus-text-format' {
  /** What the text says, family by family. @throws Error for what is not that format. */
  export default function parsePrometheusTextFormat(text: string): {
    name: string;
    help: string;
    type: string;
    metrics: { value: string; labels?: Record<string, string> }[];
  }[];
}
