/**
 * Documents of AWS Systems Manager, of which change calendars are asked for their state (API reference, GetCalendarState; user guide,
 * "AWS Systems Manager Change Calendar").
 */
import type * as SSM from '@aws-sdk/client-ssm';
import type { Deployer } from '../deploy/deployer.ts';
import { changedBy, removedBy } from '../deploy/lifecycle.ts';
import { type CallContext, type Operation, type Reply, ServiceFault } from '../service.ts';
import { shelf } from '../world/world.ts';
import { textOf, without } from './compute-inputs.ts';

type Op<I, O> = Operation<I, Reply<O>>;

/** Milliseconds since the epoch, the end not included. */
interface Span {
  readonly from: number;
  readonly to: number;
}

interface Calendar {
  /** How it is outside of its events; within them it is the other way round. */
  readonly open: boolean;
  readonly events: readonly Span[];
}

interface Version {
  readonly content: string;
  readonly calendar: Calendar | undefined;
}

interface Document {
  readonly name: string;
  readonly type: string;
  /** The first is version 1. */
  readonly versions: Version[];
  default: number;
}

const DOCUMENTS = shelf<Document>('ssm:document');

const badContent = (why: string): ServiceFault => new ServiceFault('InvalidDocumentContent', why);

const UTC = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** iCalendar (RFC 5545). Events that repeat, or are told in local time, are refused: nobody here would see them. */
function calendarOf(content: string): Calendar {
  const lines = content.replace(/\r?\n[ \t]/g, '').split(/\r?\n/);
  const type = lines.find((l) => l.startsWith('X-CALENDAR-TYPE:'))?.split(':')[1];
  if (type !== 'DEFAULT_OPEN' && type !== 'DEFAULT_CLOSED')
    throw badContent('X-CALENDAR-TYPE must be DEFAULT_OPEN or DEFAULT_CLOSED');
  const events: Span[] = [];
  let event: Map<string, string> | undefined;
  for (const line of lines) {
    if (line === 'BEGIN:VEVENT') event = new Map();
    else if (line === 'END:VEVENT' && event !== undefined) {
      events.push({ from: momentOf(event, 'DTSTART'), to: momentOf(event, 'DTEND') });
      event = undefined;
    } else if (event !== undefined) {
      const [, name = '', value = ''] = /^([A-Z-]+)[;:](.*)$/.exec(line) ?? [];
      if (['RRULE', 'RDATE', 'EXDATE', 'DURATION'].includes(name)) throw badContent(`simulated AWS reads no ${name} of an event`);
      event.set(name, value);
    }
  }
  return { open: type === 'DEFAULT_OPEN', events };
}

function momentOf(event: ReadonlyMap<string, string>, name: string): number {
  const [, year, month, day, hour, minute, second] = UTC.exec(event.get(name) ?? '') ?? [];
  if (year === undefined) throw badContent(`simulated AWS reads ${name} of an event in UTC alone, as 20261123T140000Z`);
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

const isOpen = ({ open, events }: Calendar, at: number): boolean =>
  events.some((e) => e.from <= at && at < e.to) ? !open : open;

const versionOf = (type: string, content: string): Version => ({
  content,
  calendar: type === 'ChangeCalendar' ? calendarOf(content) : undefined,
});

/** By name, or by ARN. */
function documentNamed(context: CallContext, text: string): Document {
  const name = text.startsWith('arn:') ? (text.split(':document/')[1] ?? '') : text;
  const found = context.get(DOCUMENTS, name);
  if (found === undefined) throw new ServiceFault('InvalidDocument', `Document ${text} does not exist.`);
  return found;
}

function calendarNamed(context: CallContext, text: string): Calendar {
  const { type, versions, default: number } = documentNamed(context, text);
  const { calendar } = versions[number - 1] ?? {};
  if (calendar === undefined) throw new ServiceFault('InvalidDocumentType', `Document ${text} is of type ${type}.`);
  return calendar;
}

/** Open while every one of them is (GetCalendarState). */
const getState: Op<SSM.GetCalendarStateCommandInput, SSM.GetCalendarStateCommandOutput> = (input, context) => {
  const calendars = (input.CalendarNames ?? []).map((name) => calendarNamed(context, name));
  const at = input.AtTime === undefined ? context.now.getTime() : Date.parse(input.AtTime);
  if (Number.isNaN(at)) throw new ServiceFault('ValidationException', `AtTime ${input.AtTime} is not a time in ISO 8601`);
  const openAt = (moment: number): boolean => calendars.every((c) => isOpen(c, moment));
  const open = openAt(at);
  const turns = calendars.flatMap((c) => c.events.flatMap((e) => [e.from, e.to])).sort((a, b) => a - b);
  const next = turns.find((moment) => moment > at && openAt(moment) !== open);
  return {
    State: open ? 'OPEN' : 'CLOSED',
    AtTime: iso(at),
    ...(next === undefined ? {} : { NextTransitionTime: iso(next) }),
  };
};

const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

const create: Op<SSM.CreateDocumentCommandInput, SSM.CreateDocumentCommandOutput> = (input, context) => {
  const { Name: name = '', DocumentType: type = 'Command', DocumentFormat = 'JSON', Content = '' } = input;
  if (context.get(DOCUMENTS, name) !== undefined)
    throw new ServiceFault('DocumentAlreadyExists', `Document with name ${name} already exists.`);
  context.put(DOCUMENTS, name, { name, type, versions: [versionOf(type, Content)], default: 1 });
  return { DocumentDescription: { Name: name, DocumentType: type, DocumentFormat, Status: 'Active', Owner: context.account } };
};

/** A version more, which nobody uses before it is made the default. */
const update: Op<SSM.UpdateDocumentCommandInput, SSM.UpdateDocumentCommandOutput> = (input, context) => {
  const found = documentNamed(context, input.Name ?? '');
  const { Content: content = '' } = input;
  if (found.versions.at(-1)?.content === content)
    throw new ServiceFault('DuplicateDocumentContent', 'The content of the association document matches another document.');
  found.versions.push(versionOf(found.type, content));
  return { DocumentDescription: { Name: found.name, DocumentVersion: `${found.versions.length}`, Status: 'Active' } };
};

const setDefault: Op<SSM.UpdateDocumentDefaultVersionCommandInput, SSM.UpdateDocumentDefaultVersionCommandOutput> = (
  input,
  context,
) => {
  const found = documentNamed(context, input.Name ?? '');
  const number = Number(input.DocumentVersion);
  if (found.versions[number - 1] === undefined)
    throw new ServiceFault('InvalidDocumentVersion', `Document ${found.name} has no version ${input.DocumentVersion}.`);
  found.default = number;
  return { Description: { Name: found.name, DefaultVersion: `${number}` } };
};

export const documentOperations = {
  GetCalendarState: getState,
  CreateDocument: create,
  UpdateDocument: update,
  UpdateDocumentDefaultVersion: setDefault,
  DeleteDocument: ((input, context) => {
    context.remove(DOCUMENTS, documentNamed(context, input.Name ?? '').name);
    return {};
  }) satisfies Op<SSM.DeleteDocumentCommandInput, SSM.DeleteDocumentCommandOutput>,
};

export const documentDeployer: Deployer = {
  type: 'aws:ssm/document:Document',
  create: async (given, deployment) => {
    const name = given.id ?? textOf(given.inputs.name) ?? deployment.physicalName(given);
    const input = {
      Name: name,
      Content: textOf(given.inputs.content),
      DocumentType: textOf(given.inputs.documentType),
      DocumentFormat: textOf(given.inputs.documentFormat),
    };
    await deployment.call('ssm', 'CreateDocument', without(input));
    return { id: name, outputs: { name, arn: `arn:aws:ssm:${given.region}:${given.account}:document/${name}` } };
  },
  update: changedBy(async (given, before, deployment) => {
    const [Name, Content] = [given.id ?? '', textOf(given.inputs.content)];
    if (Content === textOf(before.inputs.content)) return;
    const { DocumentDescription } = (await deployment.call('ssm', 'UpdateDocument', without({ Name, Content }))) as {
      readonly DocumentDescription: { readonly DocumentVersion: string };
    };
    await deployment.call('ssm', 'UpdateDocumentDefaultVersion', { Name, DocumentVersion: DocumentDescription.DocumentVersion });
  }),
  remove: removedBy('ssm', 'DeleteDocument', ({ id }) => ({ Name: id })),
};
