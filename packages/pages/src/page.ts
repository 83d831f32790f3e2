// The element reads its attributes when it is defined
import './prepare.ts'
import '@keyhaven/client/elements'
