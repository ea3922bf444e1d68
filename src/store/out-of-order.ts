/** A mistake of the writer: something after `ended`, or a run that does not begin with `created`. */
export class OutOfOrder extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OutOfOrder';
  }
}
