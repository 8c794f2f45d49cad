/** What a config says about a part that is looked up by name: the name, and the part's own options beside it. */
export interface Choice {
  name: string;
  [option: string]: unknown;
}

/** The options of a choice, without its name. */
export function optionsOf({ name: _name, ...options }: Choice): Record<string, unknown> {
  return options;
}
