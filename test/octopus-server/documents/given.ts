/** A document as it is given: some properties, and whatever else is known. */
export type Given<T, Required extends keyof T> = Pick<T, Required> & Partial<T>;
