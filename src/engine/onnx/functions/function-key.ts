/** A call finds its function by domain, name and, from IR version 10 on, overload; “ai.onnx” is another word for the domain without a name. */
export function functionKey({ domain, name, overload }: { domain: string; name: string; overload: string }): string {
  return JSON.stringify([domain === 'ai.onnx' ? '' : domain, name, overload]);
}
