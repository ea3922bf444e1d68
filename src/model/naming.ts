/** The first of the names, and how many more there are: `a, b and 3 more`. */
export function firstOf(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
