import type { SectionName } from '../../index';

/** The sections of a task for single domains. */
export const SECTIONS: readonly SectionName[] = [
  'timeTracking',
  'customer',
  'support',
  'sales',
  'marketing',
  'content',
  'research',
  'project',
  'development',
  'executive',
  'general',
];
