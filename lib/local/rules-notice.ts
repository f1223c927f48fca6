// What a rules file that says nothing of unmatched events has come to ignore: said once at start and at packaging.
import type { Rules } from '../automation/rules/rules.ts'

/** One line, or undefined where the file says what it wants. */
export const sayWhatIsIgnored = ({ unmatched }: Rules, file: string): string | undefined =>
  unmatched
    ? undefined
    : `${file}: defaults.unmatched is not set: events of AWS services other than alarms (of AWS Health, too) that no rule matches open nothing. Write defaults: { unmatched: { alarms: open, sent: open, aws: ignore } } to leave it so, or aws: open`
