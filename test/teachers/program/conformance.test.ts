import { program } from '../../../teachers/program/program.ts'
import { teacherConformance } from '../../conformance/teacher.ts'
import { widthSkill } from './talk.ts'

teacherConformance(async () => program({ skills: [widthSkill], errors: 0 }))
