package store

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// A Decoy is something that nobody uses, and how often somebody did.
type Decoy struct {
	Site  string    `json:"site"`
	Kind  string    `json:"kind"` // address, host, account, URL or share
	Decoy string    `json:"decoy"`
	Met   uint64    `json:"met"`  // findings about it
	Last  time.Time `json:"last"` // of them, 1970 where there is none
}

// Decoys lists the decoys that detection was told last, of one site or of all where it is "".
func (s *Store) Decoys(ctx context.Context, site string) ([]Decoy, error) {
	return read[Decoy](ctx, s, `
		SELECT d.site AS site, splitByChar('=', name)[1] AS kind, substring(name, position(name, '=') + 1) AS decoy, f.met AS met, f.last AS last
		FROM (
			SELECT site, arrayJoin(entities) AS name FROM (
				SELECT site, entities FROM verdicts WHERE incident = '' AND verdict = 'decoys' AND ({site:String} = '' OR site = {site:String})
				ORDER BY site, kafka_offset DESC LIMIT 1 BY site
			)
		) AS d
		LEFT JOIN (
			SELECT site, value, count() AS met, max(time) AS last FROM findings WHERE run = '' AND model = 'decoy' GROUP BY site, value
		) AS f ON f.site = d.site AND f.value = substring(d.name, position(d.name, '=') + 1)
		ORDER BY site, kind, decoy`, clickhouse.Named("site", site))
}

// A Suggestion is what could be a decoy.
type Suggestion struct {
	Kind  string `json:"kind"` // as in the configuration
	Decoy string `json:"decoy"`
	Why   string `json:"why"`
}

// SuggestDecoys proposes decoys for a site: what its events never name, beside what they often do. An intruder who looks around comes to a free address
// among used ones, and takes a name that goes on with a row of names for one of them. Networks whose addresses change hands from day to day have no free
// ones: the next visitor gets it.
func (s *Store) SuggestDecoys(ctx context.Context, site string) ([]Suggestion, error) {
	return read[Suggestion](ctx, s, suggestions, clickhouse.Named("site", site))
}

// suggestions is the question of SuggestDecoys.
const suggestions = `
		WITH
			addresses AS (
				SELECT address, uniqExactIf(day, acts) AS days FROM (
					SELECT source_ip AS address, toDate(time) AS day, 1 AS acts FROM events WHERE site = {site:String} GROUP BY address, day
					UNION ALL SELECT destination_ip AS address, toDate(time) AS day, 0 AS acts FROM events WHERE site = {site:String} GROUP BY address, day
				)
				WHERE inNet(address, '10.0.0.0/8') OR inNet(address, '172.16.0.0/12') OR inNet(address, '192.168.0.0/16')
				GROUP BY address
			),
			nets AS (
				SELECT arrayStringConcat(arraySlice(splitByChar('.', address), 1, 3), '.') AS net,
					groupUniqArray(toUInt16(splitByChar('.', address)[4])) AS used,
					countIf(days > 0) AS many, avgIf(days, days > 0) AS often
				FROM addresses GROUP BY net HAVING many >= 3 AND 2 * often >= (SELECT max(days) FROM addresses)
				ORDER BY often DESC, many DESC, net LIMIT 5
			),
			hosts AS (
				SELECT lower(splitByChar('.', name)[1]) AS name, sum(n) AS n FROM (
					SELECT host_hostname AS name, count() AS n FROM events WHERE site = {site:String} GROUP BY name
					UNION ALL SELECT destination_domain AS name, count() AS n FROM events WHERE site = {site:String} GROUP BY name
					UNION ALL SELECT dns_question_name AS name, count() AS n FROM events WHERE site = {site:String} GROUP BY name
				) WHERE name != '' GROUP BY name
			),
			machines AS (SELECT lower(splitByChar('.', host_hostname)[1]) AS name, count() AS n FROM events WHERE site = {site:String} AND host_hostname != '' GROUP BY name),
			accounts AS (
				SELECT lower(name) AS name, sum(n) AS n FROM (
					SELECT user_name AS name, count() AS n FROM events WHERE site = {site:String} GROUP BY name
					UNION ALL SELECT user_effective_name AS name, count() AS n FROM events WHERE site = {site:String} GROUP BY name
				) WHERE name != '' GROUP BY name
			),
			paths AS (
				SELECT extract(url_path, '^(/[A-Za-z0-9_-]+)') AS name, count() AS n FROM events WHERE site = {site:String} AND url_path != '' GROUP BY name
			),
			shares AS (
				SELECT extract(replaceAll(file_path, '\\', '/'), '^(//[^/]+/[^/]+)') AS name, count() AS n FROM events
				WHERE site = {site:String} AND (startsWith(file_path, '\\\\') OR startsWith(file_path, '//')) GROUP BY name
			)
		SELECT kind, decoy, why FROM (
			SELECT 1 AS place, 'addresses' AS kind, concat(net, '.', toString(free)) AS decoy,
				concat('free among ', toString(many), ' addresses of ', net, '.0/24 that are in use on most days') AS why, many AS n
			FROM nets ARRAY JOIN arraySlice(arrayFilter(x -> NOT has(used, x) AND x > arrayMin(used) AND x < arrayMax(used) AND x BETWEEN 2 AND 253,
				arraySort(x -> (toInt32(NOT has(used, x - 1)) + toInt32(NOT has(used, x + 1)), x), range(toUInt16(2), toUInt16(254)))), 1, 2) AS free
			UNION ALL
			SELECT * FROM (
				SELECT 2 AS place, 'hosts' AS kind, concat(name, if(match(name, '[0-9]$'), '', '-old')) AS near,
					concat('beside ', name) AS why, n FROM machines WHERE match(name, '^[a-z][a-z0-9-]*$') AND NOT match(name, '[0-9]$')
				UNION ALL
				SELECT 2 AS place, 'hosts' AS kind, ` + next + ` AS near, concat('the next after ', name) AS why, n FROM machines WHERE match(name, '^[a-z][a-z0-9-]*[0-9]{1,3}$')
			) WHERE near NOT IN (SELECT name FROM hosts) ORDER BY n DESC, near LIMIT 1 BY near LIMIT 4
			UNION ALL
			SELECT * FROM (
				SELECT 3 AS place, 'accounts' AS kind, if(match(name, '[0-9]{1,3}$'), ` + next + `, concat(name, '2')) AS near, concat('beside ', name) AS why, n
				FROM accounts WHERE match(name, '^[a-z][a-z0-9_-]*$') AND match(name, '^(svc|sa|srv|adm|admin|backup|sql)|[-_](svc|sa|srv|adm|admin|backup|sql)')
			) WHERE near NOT IN (SELECT name FROM accounts) ORDER BY n DESC, near LIMIT 1 BY near LIMIT 3
			UNION ALL
			SELECT * FROM (SELECT 4 AS place, 'urls' AS kind, concat(name, '-old') AS near, concat('beside ', name) AS why, n FROM paths WHERE name != '')
			WHERE near NOT IN (SELECT name FROM paths) ORDER BY n DESC, near LIMIT 3
			UNION ALL
			SELECT * FROM (SELECT 5 AS place, 'shares' AS kind, concat(name, '-old') AS near, concat('beside ', name) AS why, n FROM shares WHERE name != '')
			WHERE near NOT IN (SELECT name FROM shares) ORDER BY n DESC, near LIMIT 3
		) ORDER BY place, n DESC, decoy`

// next is the SQL of a name with the number at its end raised by one, with as many digits.
const next = `concat(replaceRegexpOne(name, '[0-9]{1,3}$', ''),
	leftPad(toString(toUInt32(extract(name, '([0-9]{1,3})$')) + 1), length(extract(name, '([0-9]{1,3})$')), '0'))`
