package bus

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha512"
	"errors"
	"fmt"
	"strings"

	"github.com/segmentio/kafka-go"

	"frontfoot/ingest/hint"
)

// scramIterations is how dear a guess at a password is; Kafka asks for 4,096 at least.
const scramIterations = 8192

// SiteRights are what a site is given when it is enrolled.
type SiteRights struct {
	// BytesPerSecond is how fast it may send; 0 is as fast as it can.
	BytesPerSecond int
	// Password lets the site in by its name and this password; empty means by certificate alone.
	Password string
}

// Enrol makes a site's topics and lets the principal User:SITE write its events, and nothing else. It may be called again, which changes the
// password and the quota. The client must be an administrator's.
func (c *Client) Enrol(ctx context.Context, site string, rights SiteRights) error {
	if err := ValidSite(site); err != nil {
		return err
	}
	if err := c.EnsureTopics(ctx, SiteSpecs(site)...); err != nil {
		return fmt.Errorf("enrolling site %s: %w", site, err)
	}
	var acls []kafka.ACLEntry
	for _, op := range []kafka.ACLOperationType{kafka.ACLOperationTypeWrite, kafka.ACLOperationTypeDescribe} {
		acls = append(acls, allow("User:"+site, kafka.ResourceTypeTopic, RawTopic(site), kafka.PatternTypeLiteral, op))
	}
	err := c.grant(ctx, acls)
	if err == nil {
		err = c.setQuota(ctx, site, rights.BytesPerSecond)
	}
	if err == nil && rights.Password != "" {
		err = c.setPassword(ctx, site, rights.Password)
	}
	if err != nil {
		return fmt.Errorf("enrolling site %s: %w", site, err)
	}
	return nil
}

// operator begins the names of those who are no sites. No site can be called so.
const operator = "operator:"

// EnrolWorker lets the principal User:operator:NAME do what a worker does.
func (c *Client) EnrolWorker(ctx context.Context, name string) error {
	who := "User:" + operator + name
	read, write, describe, create := kafka.ACLOperationTypeRead, kafka.ACLOperationTypeWrite, kafka.ACLOperationTypeDescribe, kafka.ACLOperationTypeCreate
	prefixed, literal := kafka.PatternTypePrefixed, kafka.PatternTypeLiteral
	topic := kafka.ResourceTypeTopic
	err := c.grant(ctx, []kafka.ACLEntry{
		allow(who, topic, rawPrefix, prefixed, read), allow(who, topic, ctlPrefix, prefixed, read),
		allow(who, topic, dlqPrefix, prefixed, write), allow(who, topic, dlqPrefix, prefixed, describe),
		allow(who, topic, dlqPrefix, prefixed, create), allow(who, topic, ctlPrefix, prefixed, create), // one that is missing is made
		allow(who, topic, Checkpoint, literal, read), allow(who, topic, Checkpoint, literal, write),
		allow(who, topic, Lane, literal, read),
		allow(who, kafka.ResourceTypeGroup, "ff.detect", literal, read),
	})
	if err != nil {
		return fmt.Errorf("enrolling worker %s: %w", name, err)
	}
	return nil
}

// EnrolAnalyst lets the principal User:operator:NAME say what people say of incidents, and name decoys: it reads and writes the control topics of all
// sites, and nothing else.
func (c *Client) EnrolAnalyst(ctx context.Context, name string) error {
	var acls []kafka.ACLEntry
	for _, op := range []kafka.ACLOperationType{kafka.ACLOperationTypeRead, kafka.ACLOperationTypeWrite, kafka.ACLOperationTypeDescribe} {
		acls = append(acls, allow("User:"+operator+name, kafka.ResourceTypeTopic, ctlPrefix, kafka.PatternTypePrefixed, op))
	}
	if err := c.grant(ctx, acls); err != nil {
		return fmt.Errorf("enrolling analyst %s: %w", name, err)
	}
	return nil
}

// errNoRights is what a super user meets: its rights are in no ACL.
var errNoRights = errors.New("it has no rights that could be taken back")

// Revoke takes everything back that a site, or an operator by the name operator:NAME, was given by Enrol, EnrolWorker or EnrolAnalyst, but the topics: with a
// certificate or a password it can do nothing from now on, and what is connected by password is cut off when it must prove it anew. What the brokers'
// own configuration gives an administrator is not Revoke's to take: it says so.
func (c *Client) Revoke(ctx context.Context, name string) error {
	if err := c.revoke(ctx, name); err != nil {
		return fmt.Errorf("revoking %s: %w", name, err)
	}
	return nil
}

func (c *Client) revoke(ctx context.Context, name string) error {
	_, isOperator := strings.CutPrefix(name, operator)
	if !isOperator {
		if err := ValidSite(name); err != nil {
			return err
		}
	}
	taken, err := c.takeRights(ctx, "User:"+name)
	if err == nil {
		err = c.takePassword(ctx, name)
	}
	switch {
	case err != nil:
		return err
	case !isOperator:
		return c.setQuota(ctx, name, 1)
	case taken == 0:
		return &hint.Error{Err: errNoRights, Hint: "check the name; take an administrator out of super.users in the configuration of each broker, and start the broker anew"}
	default:
		return nil
	}
}

// takeRights removes what a principal may do, and returns how many rights that were.
func (c *Client) takeRights(ctx context.Context, who string) (taken int, err error) {
	resp, err := c.kafka.DeleteACLs(ctx, &kafka.DeleteACLsRequest{Filters: []kafka.DeleteACLsFilter{{
		ResourceTypeFilter: kafka.ResourceTypeAny, ResourcePatternTypeFilter: kafka.PatternTypeAny, PrincipalFilter: who,
		Operation: kafka.ACLOperationTypeAny, PermissionType: kafka.ACLPermissionTypeAny,
	}}})
	if err != nil {
		return 0, fmt.Errorf("taking its rights: %w", c.explain(ctx, "the rights of "+who, err))
	}
	for _, r := range resp.Results {
		taken += len(r.MatchingACLs)
		err = errors.Join(err, r.Error)
	}
	return taken, err
}

// takePassword removes a user's password; it may have none.
func (c *Client) takePassword(ctx context.Context, user string) error {
	resp, err := c.kafka.AlterUserScramCredentials(ctx, &kafka.AlterUserScramCredentialsRequest{
		Deletions: []kafka.UserScramCredentialsDeletion{{Name: user, Mechanism: kafka.ScramMechanismSha512}},
	})
	if err != nil {
		return fmt.Errorf("taking its password: %w", err)
	}
	for _, r := range resp.Results {
		if !errors.Is(r.Error, kafka.ResourceNotFound) {
			err = errors.Join(err, r.Error)
		}
	}
	return err
}

func allow(who string, kind kafka.ResourceType, name string, pattern kafka.PatternType, op kafka.ACLOperationType) kafka.ACLEntry {
	return kafka.ACLEntry{
		Principal: who, ResourceType: kind, ResourceName: name, ResourcePatternType: pattern,
		Operation: op, PermissionType: kafka.ACLPermissionTypeAllow, Host: "*",
	}
}

func (c *Client) grant(ctx context.Context, acls []kafka.ACLEntry) error {
	resp, err := c.kafka.CreateACLs(ctx, &kafka.CreateACLsRequest{ACLs: acls})
	if err != nil {
		return fmt.Errorf("granting rights: %w", c.explain(ctx, acls[0].ResourceName, err))
	}
	if err := errors.Join(resp.Errors...); err != nil {
		return fmt.Errorf("granting rights: %w", err)
	}
	return nil
}

func (c *Client) setQuota(ctx context.Context, user string, bytesPerSecond int) error {
	op := kafka.AlterClientQuotaOps{Key: "producer_byte_rate", Value: float64(bytesPerSecond), Remove: bytesPerSecond == 0}
	resp, err := c.kafka.AlterClientQuotas(ctx, &kafka.AlterClientQuotasRequest{Entries: []kafka.AlterClientQuotaEntry{{
		Entities: []kafka.AlterClientQuotaEntity{{EntityType: "user", EntityName: user}}, Ops: []kafka.AlterClientQuotaOps{op},
	}}})
	if err == nil {
		for _, e := range resp.Entries {
			err = errors.Join(err, e.Error)
		}
	}
	if err != nil {
		return fmt.Errorf("setting the quota of %s: %w", user, err)
	}
	return nil
}

func (c *Client) setPassword(ctx context.Context, user, password string) error {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	salted, err := pbkdf2.Key(sha512.New, password, salt, scramIterations, sha512.Size)
	if err != nil {
		return fmt.Errorf("salting the password of %s: %w", user, err)
	}
	resp, err := c.kafka.AlterUserScramCredentials(ctx, &kafka.AlterUserScramCredentialsRequest{Upsertions: []kafka.UserScramCredentialsUpsertion{{
		Name: user, Mechanism: kafka.ScramMechanismSha512, Iterations: scramIterations, Salt: salt, SaltedPassword: salted,
	}}})
	if err == nil {
		for _, r := range resp.Results {
			err = errors.Join(err, r.Error)
		}
	}
	if err != nil {
		return fmt.Errorf("setting the password of %s: %w", user, err)
	}
	return nil
}
