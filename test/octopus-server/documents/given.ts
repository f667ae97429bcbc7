/** What a caller gives for a new document: the required properties, and any others. */
export type Given<T, Required extends keyof T> = Pick<T, Required> & Partial<T>;
