/** ARC zonal shift (docs.aws.amazon.com/arc-zonal-shift/latest/api): no client of it is installed. Syntax of a row: ../tables.ts. */
export const ZONAL_SHIFT: readonly string[] = [
  'CancelPracticeRun DELETE /practiceruns/{zonalShiftId}',
  'CancelZonalShift DELETE /zonalshifts/{zonalShiftId}',
  'CreatePracticeRunConfiguration POST /configuration',
  'DeletePracticeRunConfiguration DELETE /configuration/{resourceIdentifier}',
  'GetAutoshiftObserverNotificationStatus GET /autoshift-observer-notification',
  'GetManagedResource GET /managedresources/{resourceIdentifier}',
  'ListAutoshifts GET /autoshifts nextToken status maxResults#',
  'ListManagedResources GET /managedresources nextToken maxResults#',
  'ListZonalShifts GET /zonalshifts nextToken status maxResults# resourceIdentifier',
  'StartPracticeRun POST /practiceruns',
  'StartZonalShift POST /zonalshifts',
  'UpdateAutoshiftObserverNotificationStatus PUT /autoshift-observer-notification',
  'UpdatePracticeRunConfiguration PATCH /configuration/{resourceIdentifier}',
  'UpdateZonalAutoshiftConfiguration PUT /managedresources/{resourceIdentifier}',
  'UpdateZonalShift PATCH /zonalshifts/{zonalShiftId}',
];
