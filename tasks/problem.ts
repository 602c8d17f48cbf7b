export { InputError } from '../schemas/input-error.ts'
