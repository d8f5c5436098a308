import type { Fault } from '../../base/errors.ts';
import type { ExportedFile } from '../../exports/names.ts';

/** What a part of spec.exports comes to. */
export type Content =
  | {
      is: 'content';
      /** None: there is nothing that may be exported. */
      files: readonly ExportedFile[];
      /** Of every ConfigMap of the part. */
      annotations: Readonly<Record<string, string>>;
      /** What is in it, for the message. */
      told: string;
      /** Keys of the picture that it was made of. */
      restsOn: readonly string[];
      /** What of it is still to come. */
      waits: readonly string[];
      /** What was left out until a person has acted. */
      faults: readonly Fault[];
      notes: readonly string[];
      changeNumber?: string;
    }
  /** What it is made of could not be read: what was written last stays. */
  | { is: 'unread'; fault: Fault };
