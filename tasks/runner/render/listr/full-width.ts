import stringWidth from 'string-width';

/** How many columns any text takes. In a file of its own, since few runs need it. */
export const fullWidth = (text: string): number => stringWidth(text);
