/** Answers about one resource that several others ask for: made once per estate. */
import type { Props, View } from './view.ts';

/** `answer`, remembered. The view is immutable, so what was answered once stays true. */
export function once<T extends object>(answer: (props: Props, view: View) => T): (props: Props, view: View) => T {
  const estates = new WeakMap<View, Map<Props, T>>();
  return (props, view) => {
    let answers = estates.get(view);
    if (answers === undefined) {
      answers = new Map();
      estates.set(view, answers);
    }
    let made = answers.get(props);
    if (made === undefined) {
      made = answer(props, view);
      answers.set(props, made);
    }
    return made;
  };
}
