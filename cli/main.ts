#!/usr/bin/env node
// Nothing is imported before Node is known to be new enough, and of the commands only the one that runs.
import { searchHeapSeldom } from './heap.ts'
import { endAtSignals } from './interrupts.ts'
import { adviceForOldNode } from './old-node.ts'

const advice = adviceForOldNode(process)
if (advice) {
  console.error(advice)
  process.exit(2)
}

endAtSignals()
searchHeapSeldom()

// What Node makes of the sources is kept for the next command, in the folder for temporary files.
process.getBuiltinModule('node:module').enableCompileCache()

const { Command } = await import('commander')
const { exits } = await import('./exits.ts')
const { errorLine, saysJson } = await import('./lines/json-line.ts')
const { cureForMissing, withOwnValues } = await import('./lines/own-values.ts')
const { version } = await import('../schemas/version.ts')

const commands = () => import('./job-commands.ts')
const reading = () => import('./reading-commands.ts')

const statuses = Object.entries(exits).map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)

const wait = [
  '--wait [duration]',
  'wait for another process that works on this run, as long as it takes or such as 15m',
] as const
const deadline = [
  '--deadline <time>',
  'begin nothing after such as 90m or 2026-11-30T06:00Z; what is under way has 30 s to end',
] as const
const maxCost = ['--max-cost <usd>', 'what this command may spend, beside the budget of all times'] as const
const metrics = ['--metrics <file>', 'write how it ended as Prometheus text'] as const
const json = ['--json', 'progress as JSON lines on stderr, the result as one on stdout'] as const
const sign = [
  '--sign <file>',
  'sign the export with this private key (Ed25519, PEM): `manifest.sig` beside its manifest',
] as const
const allowEmpty = 'replace the export that is there also by one without rows'
const acceptDrift = 'replace it also by one that `guard` of the config refuses'

const limitsHelp =
  'end with status 8 where more of it changes, such as lost=5%,yield=2%: `lost` rows, `flips`, other `answers`, fewer ' +
  '`rows`, a lower `yield`, a higher `cost` of a kept row'

const program = new Command('kindling')
  .description('Cold-start training data for multimodal models that use tools.')
  .version(version)
  .addHelpText('after', `\nExit status:\n${statuses.join('\n')}`)
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))
  .configureOutput({
    outputError(text, write) {
      const cure = text.includes('missing required argument') ? cureForMissing(process.argv) : ''
      const line = `${text.trim().replaceAll('\n', ' ')}${cure}`
      write(`${line}\n`)
      if (saysJson()) console.log(errorLine(2, line))
    },
  })

/** What every command takes that decides and writes the export of a run that is there. */
const thatExports = (command: typeof program) =>
  command
    .option('--allow-empty', allowEmpty)
    .option('--accept-drift', acceptDrift)
    .option(...sign)
    .option(...wait)
    .option(...metrics)
    .option(...json)

program
  .command('init')
  .description('write a first project: a config, pictures, and a check, a filter and a tool of one’s own')
  .argument('[folder]', 'where; this folder by default. Nothing that is there is overwritten')
  .action(async folder => (await import('./init.ts')).init(folder))

program
  .command('run')
  .description('solve, check, decide and export; run again, it resumes, extends or does nothing')
  .argument('<config>', 'a config such as charts.config.ts')
  .option('--refresh', 'ask everything anew, whatever is stored; a refresh that broke off goes on')
  .option(
    '--accept-changes',
    'do stored work again where something else is asked now; without it a terminal is asked, and elsewhere it is refused',
  )
  .option(
    '--frozen',
    'answer searches from the store only; a rollout that needs another one fails and names it',
  )
  .option(
    '--newest',
    'take what sources elsewhere (hf://, s3://, https://) hold now, not what the run read first',
  )
  .option(
    '--shard <part>',
    'solve only a part, such as 3/64, in a folder and for a share of the budget of its own; then `merge`',
  )
  .option('--slot <name>', 'the name of this time, such as 2026-11-30; a slot begins one --refresh at most')
  .option(...wait)
  .option(...deadline)
  .option(...maxCost)
  .option(...metrics)
  .option('--allow-empty', allowEmpty)
  .option('--accept-drift', acceptDrift)
  .option(...sign)
  .option(...json)
  .action(async (config, options) =>
    options.shard === undefined
      ? (await commands()).run(config, options)
      : (await import('./parts/part.ts')).runPart(config, options),
  )

thatExports(
  program
    .command('merge')
    .description('join the parts that `run --shard` solved, decide about all rows and export; asks nobody')
    .argument('<config>')
    .argument('[parts...]', 'folders of parts; by default those beside the run’s folder')
    .option('--into <folder>', 'the folder of the merged run; the config’s by default')
    .option('--allow-missing', 'merge what is there, though parts are missing or not finished'),
).action(async (config, parts, options) => (await commands()).merge(config, parts, options))

program
  .command('worker')
  .description('do a part of the work of `run`, on any machine; the config says where they meet (`workers`)')
  .argument('<config>', 'the same as of `run`')
  .option('--once', 'end when the run has ended; without, the next one is waited for')
  .option(...json)
  .action(async (config, options) => (await import('./working/worker.ts')).worker(config, options))

thatExports(
  program
    .command('curate')
    .description('check and decide again and export; asks no model')
    .argument('<config>')
    .option('--remeasure <check...>', 'have these checks measure every row anew'),
).action(async (config, options) => (await commands()).curate(config, options))

thatExports(
  program.command('export').description('write the exports again from what was decided').argument('<config>'),
).action(async (config, options) => (await commands()).exportAgain(config, options))

program
  .command('plan')
  .description('solve a few tasks for real and forecast cost, time and yield of the whole run')
  .argument('<config>')
  .option('--tasks <count>', 'how many, spread evenly over all; their replies are kept for the run', '20')
  .option(...wait)
  .option(...deadline)
  .option(...maxCost)
  .option(...json)
  .action(async (config, options) => (await import('./plan.ts')).plan(config, options))

program
  .command('replay')
  .description('do a run again from its store, asking no model, and compare what it wrote byte for byte')
  .argument('<config>')
  .option(...wait)
  .option(...json)
  .action(async (config, options) => (await import('./replay.ts')).replay(config, options))

program
  .command('verify')
  .description('hold an export against its manifest, file by file, its signature and the exports before it')
  .argument(
    '[export]',
    'an export’s folder, also of a copy, or a run’s name or folder; the newest in runs/ by default',
  )
  .option('--key <file>', 'a public key (Ed25519, PEM): an export that it has not signed fails')
  .option('--json', 'as JSON')
  .action(async (folder, options) => (await import('./keeping/verify.ts')).verifying(folder, options))

program
  .command('push')
  .description('say what a push of an export to the Hub or to a bucket would do; with --yes do it')
  .argument('<to>', 'hf://owner/name, hf://owner/name@branch or s3://bucket/prefix')
  .argument('[export]', 'as of `verify`; the newest in runs/ by default')
  .option('--yes', 'push it')
  .option(
    '--allow-licence <licence>',
    'push rows of this licence, too, though it is not known to let others have copies; may be given again',
    (licence: string, all: string[] = []) => [...all, licence],
  )
  .option('--pr', 'to the Hub: propose it as a pull request')
  .option('--public', 'to the Hub: a dataset that has to be made is public, not private')
  .option('--traces <count>', 'to the Hub: so many kept trajectories go as traces for its viewer, too')
  .option(...deadline)
  .option(...json)
  .action(async (to, folder, options) => (await import('./publishing/push.ts')).push(to, folder, options))

program
  .command('xray')
  .description('what a trainer makes of an export’s rows: what is trained, only read, or lost')
  .argument('<export>', 'an export’s folder or that of one of its targets, or a run’s name or folder')
  .requiredOption('--trainer <name>', 'llamafactory, ms_swift, trl, axolotl, verl_sft or openai')
  .requiredOption('--model <family>', 'qwen2_5_vl, qwen3_vl, …, or a model’s folder, whose template is taken')
  .option('--rows <count>', 'how many, spread evenly over all', '20')
  .option('--tokenizer <file>', 'the model’s tokenizer.json, to count tokens instead of guessing them')
  .option('--template <file>', 'a chat template (Jinja) in place of the model’s')
  .option('--python <path>', 'a Python that has the trainer: its own code renders, and its labels count')
  .option('--cutoff <tokens>', 'how many tokens of a row the trainer takes')
  .option('--html <file>', 'as a page with its pictures, for a browser')
  .option('--json', 'as JSON')
  .action(async (given, options) => (await import('./xray/command.ts')).xraying(given, options))

program
  .command('flips')
  .description(
    'which rows the checks and filters as they are now decide otherwise; writes no decision, asks no model',
  )
  .argument('<config>')
  .option('--against <file>', 'a decisions.jsonl that was put aside, instead of the run’s last one')
  .option(...wait)
  .option('--json', 'every such row as a JSON line, then the counts')
  .action(async (config, options) => (await import('./flips.ts')).flips(config, options))

program
  .command('diff')
  .description(
    'what is another thing in one regeneration than in another: rows, yield, cost, what they were made with',
  )
  .argument('<before>', 'a run (its name or folder), the folder of an export, or a manifest.json')
  .argument('<after>', 'the same')
  .option('--gate <limits>', limitsHelp, (text: string, all: string[] = []) => [...all, text])
  .option('--all', 'list every row, not a few')
  .option('--html <file>', 'write it as one page for a browser, too')
  .option('--json', 'as JSON')
  .action(async (before, after, options) => (await import('./diff.ts')).diff(before, after, options))

program
  .command('rescue')
  .description('keep rows in that were dropped for a reason, decide again and export; asks no model')
  .argument('<config>')
  .option('--reason <reason>', 'stage/reason as `stats` shows it, or a reason of any stage')
  .option('--task <id...>', 'only rows of these tasks')
  .option('--undo', 'take rescues back: those of the reason and tasks, or all')
  .option('--list', 'only list what is rescued')
  .option('--allow-empty', allowEmpty)
  .option('--accept-drift', acceptDrift)
  .option(...sign)
  .option(...json)
  .action(async (config, options) => (await commands()).rescue(config, options))

program
  .command('show')
  .description('print trajectories: of tasks, dropped for a reason, or at random')
  .argument('[ids...]', 'task ids, or starts of rollout keys (6 characters or more)')
  .option(
    '--reason <reason>',
    'only rows dropped for it: stage/reason as `stats` shows it, or a reason of any stage',
  )
  .option('--rejected', 'only rows that were dropped')
  .option('--random <count>', 'so many of all that are meant, drawn at random')
  .option('--seed <seed>', 'with --random: another seed draws others; the same one the same')
  .option('--run <run>', 'the run’s name or folder; the newest in runs/ by default')
  .option('--html <file>', 'as one page with their images, for a browser')
  .option('--json', 'as JSON lines')
  .action(async (ids, options) => (await import('./showing/show.ts')).show(ids, options))

program
  .command('view')
  .description('show an export as a page in the browser, from a server that only this machine reaches')
  .argument(
    '[export]',
    'as of `verify`, any folder with tables/, or an address (hf:, s3:, https:); the newest in runs/ by default',
  )
  .option('--port <port>', 'where it listens; a free one by default')
  .option('--labels <file>', 'where labels are written; by default labels.jsonl beside the export')
  .option('--no-open', 'only print the address')
  .option('--bundle <folder>', 'write the page and a copy of what it reads there instead, for any web server')
  .option('--json', 'the address as a JSON line')
  .action(async (folder, options) => (await import('./viewing/view.ts')).viewing(folder, options))

program
  .command('stats')
  .description('what became of a run: funnel, reasons, tools, tokens, cost')
  .argument('[run]', 'the run’s name or folder; the newest in runs/ by default')
  .option('--prices <file>', 'a price file of your own')
  .option('--json', 'as JSON')
  .action(async (run, options) => (await reading()).stats(run, options))

program
  .command('labels')
  .description('how far people agree with each other and with each check, and what to label next')
  .argument('[run]', 'a run’s name or folder, or an export’s folder; the newest in runs/ by default')
  .option('--file <labels>', 'a labels.jsonl; by default the one beside the export')
  .option('--rows', 'name the rows behind each number')
  .option('--queue <count>', 'list so many rows whose labels help most, and why')
  .option('--by <name>', 'only rows for the queue of which this person has said nothing')
  .option('--to <tool>', 'write the labelled rows for prodigy, label-studio or argilla, into --out')
  .option('--out <file>', 'where')
  .option('--error <share>', 'how far the share of bad rows that a sample tells may be off', '0.05')
  .option('--json', 'as JSON')
  .action(async (run, options) => (await import('./labelling/labels.ts')).labelling(run, options))

program
  .command('report')
  .description(
    'charts and numbers of an export in one file, or of two with what differs; made without a browser',
  )
  .argument('[export]', 'an export’s folder, or a run’s name or folder; the newest in runs/ by default')
  .argument('[other]', 'the same: what it is compared with')
  .option('--out <file>', 'the file, which ends in .html or .md; report.html by default')
  .option('--labels <file>', 'a labels.jsonl; by default the one beside the export')
  .option('--json', 'the numbers as JSON; a file is written only by --out')
  .action(async (given, other, options) =>
    (await import('./reporting/report.ts')).reporting(given, other, options),
  )

program
  .command('audit')
  .description(
    'what is wrong with rollouts that others made: reads them in, runs their code again, checks them, and writes a report and what can be kept; asks nobody',
  )
  .argument('<path>', 'files, a glob, a folder, an export or a run of kindling, or hf://…')
  .option('--format <name>', 'what the files are, where that is not told by their looks')
  .option('--profile <name>', 'how their code was run: names of pictures, what a session holds')
  .option('--images <folder>', 'where paths of pictures begin; by default beside the file')
  .option('--answer <column>', 'the column of the right answer; without it nobody knows what is right')
  .option('--licence <name>', 'under which licence the rows are; `unknown` by default')
  .option('--benchmarks <files>', 'questions that no row may have, as JSON Lines or Parquet')
  .option('--limit <count>', 'only the first rows')
  .option('--to <names>', 'the exports that are written of what is kept, with commas; all by default')
  .option('--config <file>', 'a config whose checks, filters and exports are taken instead')
  .option('--out <folder>', 'the folder in which the run of the audit lies; runs/ by default')
  .option('--json', 'as JSON')
  .action(async (given, options) => (await import('./auditing/audit.ts')).audit(given, options))

program
  .command('status')
  .description('how far a run is and what it waits for, from another terminal; after a kill, how to go on')
  .argument('[run]', 'the run’s name or folder; by default the one in runs/ that was worked on last')
  .option('--json', 'as JSON')
  .action(async (run, options) => (await reading()).status(run, options))

program
  .command('gc')
  .description(
    'say what of a run could go: remains, pictures that nothing names, older exports; with --yes remove it',
  )
  .argument('[run]', 'the run’s name or folder; the newest in runs/ by default')
  .option('--keep <count>', 'only so many of the newest numbered exports stay; all of them by default')
  .option('--yes', 'remove it')
  .option('--json', 'as JSON')
  .action(async (run, options) => (await import('./keeping/gc.ts')).gc(run, options))

program
  .command('searches')
  .description('how old the stored answers of a run’s services are; take them along or bring some in')
  .argument('[run]', 'the run’s name or folder; the newest in runs/ by default')
  .option('--older <days>', 'count what is older', '30')
  .option('--export <folder>', 'write every answer with its images, for --import')
  .option('--import <folder>', 'bring in what --export wrote; the run need not be there yet')
  .option('--deepeyes <folder>', 'write image searches as the cache that DeepEyesV2’s trainer reads')
  .option('--json', 'as JSON')
  .action(async (run, options) => (await reading()).searches(run, options))

program
  .command('reward')
  .description(
    'judge answers for a trainer as the check `answer` does: a JSON line each, answered by one each',
  )
  .option('--stdin', 'read the lines from there, until it ends')
  .action(async options => (await import('./judging/reward.ts')).reward(options))

program
  .command('doctor')
  .description('look whether the sandbox can contain hostile code here, and say the cure where not')
  .argument('[config]', 'its sandbox instead of the default one')
  .option('--json', 'as JSON lines')
  .action(async (config, options) => (await import('./doctor.ts')).doctor(config, options))

program
  .command('setup')
  .description('install what the sandbox needs (Debian, Ubuntu) and prove that it starts')
  .option('--lite', 'only what cropping and zooming needs')
  .option('--yes', 'do not ask')
  .option('--also <packages...>', 'further Debian packages')
  .action(async options => (await import('./setup.ts')).setup(options))

await program.parseAsync(withOwnValues(process.argv))
