/** Operators whose result may be the very memory of their first input. */
export const VIEWS = new Set(['Reshape', 'Identity', 'Squeeze', 'Unsqueeze', 'Flatten']);
