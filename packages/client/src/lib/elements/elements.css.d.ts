/** A stylesheet: importing it exports nothing. */
export {}
