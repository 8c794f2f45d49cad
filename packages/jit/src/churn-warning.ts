import type { InputForm } from './input-form.ts';

const distinct = (items: readonly string[]) => [...new Set(items)];

const listed = (items: readonly string[]) => items.slice(0, 4).join(', ') + (items.length > 4 ? ', …' : '');

/** Which tensors changed from form to form. */
function changes(forms: readonly InputForm[]): string[] {
  const paths = distinct(forms.flatMap(({ tensors }) => tensors.map(({ path }) => path)));
  return paths.flatMap((path) => {
    const specs = distinct(forms.map(({ tensors }) => tensors.find((each) => each.path === path)?.spec ?? 'absent'));
    return specs.length > 1 ? [`${path} is ${listed(specs)}`] : [];
  });
}

/** What to say when a function had to be compiled for `forms`, one after another. */
export function churnWarning(name: string, forms: readonly InputForm[], kept: number): string {
  const intro = `jit: ${name} has been compiled ${forms.length} times, which takes far longer than running it`;
  if (distinct(forms.map(({ key }) => key)).length === 1)
    return `${intro}: between calls a captured tensor is replaced, or a setting of an optimiser (its learning rate) changes. Pass such things in as tensors.`;
  return `${intro}: ${listed(changes(forms))}. Each form is compiled for itself, the latest ${kept} are kept. Pad or resize to a few sizes; drop or pad a last, smaller batch.`;
}
