/** What a redaction rule calls for each span it replaces. */
export type Found = (type: 'email' | 'phone' | 'card' | 'key') => void;
