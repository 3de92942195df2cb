// The shapes that the program and the pages exchange. Times are ISO 8601; captured_at is the camera's own clock.

/** @typedef {{code: string, sentence: string, advice: string, lang?: string}} Fault */

/**
 * @typedef {Object} Frame another picture of a visit, or of an individual
 * @property {string} uid
 * @property {?string} [station]
 * @property {?string} captured_at
 * @property {?string} flank
 * @property {?number} quality
 */

/**
 * @typedef {Object} Sighting one animal's box in one picture
 * @property {string} uid
 * @property {string} name file name
 * @property {string} path path inside the folder of photographs
 * @property {?string} station
 * @property {?string} camera
 * @property {?string} captured_at
 * @property {?string} flank left, right, front, rear or unknown
 * @property {?number} [flank_score] how sure the program is, 0 to 1
 * @property {boolean} [flank_said] whether a person said so
 * @property {string} [flank_reviewer] that person's initials, where they are known
 * @property {?number} quality
 * @property {?string} individual
 * @property {number} individual_count pictures that this individual has
 * @property {?string} [individual_name]
 * @property {?number} [number] of the individual
 * @property {?{media: string, at: number}} [clip] of a still picture: its file, and its moment in the clip in seconds
 * @property {Frame[]} [frames] other pictures of its visit that an answer covers
 * @property {number} [others] pictures of that visit that an answer does not cover, as they show others
 * @property {Frame[]} [strip] best pictures of the same flank of its individual
 * @property {number} width
 * @property {number} height
 * @property {number[]} box x, y, width, height as fractions of the upright picture
 * @property {string[]} views
 */

/**
 * @typedef {Object} Pair what the review page shows
 * @property {"pair"|"anchor_done"|"all_done"|"empty"} state
 * @property {string} sentence
 * @property {?Sighting} anchor
 * @property {?Sighting} comparison
 * @property {?number} rank
 * @property {?number} of
 * @property {?number} score
 * @property {?number} likeness 0 to 1
 * @property {?number} days_between
 * @property {boolean} same_station
 * @property {?number} chance that the two are one animal, 0 to 1
 * @property {?string} chance_by what the chance was fitted to
 * @property {number} place 0 to 1: how surely both pictures show one place, by the look of it or by the station's name
 * @property {?number} [spots] how many spots of the two coats lie alike
 * @property {{answered: number, implied: number, left: number, left_out?: number, anchor_index: ?number, anchors: number,
 *   individuals: number, conflicts: number, seconds_left?: ?number, seconds_each?: ?number,
 *   undiscovered?: ?{low: number, best: number, high: number}, undiscovered_by?: {same: number, different: number, least: number}}} progress
 * @property {?{row: number, kind: string, uid?: string, at?: string, reviewer?: string}} undo
 * @property {string[]} prefetch
 * @property {boolean} [same_visit]
 * @property {?number} [km_between]
 * @property {?number} [kmh] straight-line speed that one animal would have needed
 * @property {""|"fast"|"impossible"} [speed]
 * @property {?number} [limit_kmh] faster than this is no animal of the project
 * @property {?number} [located] what place and time say of the two, as a log-likelihood ratio
 * @property {"for"|"against"|"little"|""} [located_says]
 * @property {?number[]} [joins] how many pictures a match would join with how many, where that is why the pair is asked
 * @property {"same"|"unknown"|"opposite"} [flanks_compared]
 * @property {string} [way]
 * @property {{name: string, label: string, sentence: string, left: ?number}[]} [ways]
 * @property {Record<string, string>} [filters]
 */

/**
 * @typedef {Object} Job
 * @property {"none"|"queued"|"running"|"paused"|"done"|"cancelled"|"failed"} state
 * @property {"run"|"export"|"check"|"mend"|"learn"} kind
 * @property {string} sentence
 * @property {string} advice
 * @property {?string} stage
 * @property {{name: string, sentence: string, done: number, total: number, state: "waiting"|"running"|"done"}[]} stages
 * @property {?number} rate things a second
 * @property {?number} seconds_left to the end of the job; with stages in `unmeasured` the least that it will take
 * @property {string[]} [unmeasured] stages ahead that were never measured on this computer
 * @property {number} [restarts] how often a worker died and another one took over
 * @property {number} problems
 * @property {number} elapsed seconds
 * @property {string[]} [notes] sentences about the run as a whole
 * @property {{folder: string, individuals: number, files: number}} [result]
 */

/**
 * @typedef {Object} Listing
 * @property {string} path
 * @property {?string} parent
 * @property {{name: string, path: string, images: number, is_project: boolean}[]} folders
 * @property {{name: string, path: string, bytes: number}[]} files of the kind that was asked for
 * @property {{name: string, path: string}[]} places
 * @property {number} pictures
 */

export {};
