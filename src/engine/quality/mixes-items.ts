/** They take the scale of their input from the values of the whole batch. */
const MIXES_ITEMS = /DynamicQuantize/;

/** Whether an operator of the model makes an item's outputs depend on the others of its batch. */
export function mixesItems(operators: Readonly<Record<string, number>>): boolean {
  return Object.keys(operators).some((operator) => MIXES_ITEMS.test(operator));
}
