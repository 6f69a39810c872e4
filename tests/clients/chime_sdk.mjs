// Every operation of the Chime API by @aws-sdk/client-chime, ids with odd characters, and errors by their classes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as sdk from "@aws-sdk/client-chime";

const { team, enterprise } = JSON.parse(readFileSync("demo.json", "utf8")).accounts;
const chime = new sdk.Chime({ endpoint: process.env.CARILLON_URL, region: "on-prem-1", maxAttempts: 1 });
const ODD = ["a:b", "a@b.c", "a b", "a/b", "a+b", "ü", "100%", "%2F", "a?b=c", "a#b", "~_-.", "'\"<>", "日本"];

async function refused(kind, status, asked) {
  const error = await asked.then(() => assert.fail("not refused"), (error) => error);
  assert.ok(error instanceof kind, `${error.name}: ${error.message}`);
  assert.equal(error.$metadata.httpStatusCode, status);
  assert.ok(error.message && error.Code, JSON.stringify(error));
}

const { Account } = await chime.createAccount({ Name: "Büro & Söhne" });
const { AccountId } = Account;
assert.ok(Account.CreatedTimestamp instanceof Date);
assert.deepEqual((await chime.getAccount({ AccountId })).Account, Account);
assert.equal((await chime.updateAccount({ AccountId, DefaultLicense: "Pro" })).Account.DefaultLicense, "Pro");
const invited = await chime.inviteUsers({ AccountId, UserEmailList: ["a@example.org", "no-address", "b@example.org"] });
assert.deepEqual(invited.Invites.map((invite) => invite.Status), ["Pending", "Failed", "Pending"]);
const pages = sdk.paginateListUsers({ client: chime, pageSize: 1 }, { AccountId });
const users = [];
for await (const page of pages) users.push(...page.Users);
assert.deepEqual(users.map((user) => user.PrimaryEmail), ["a@example.org", "b@example.org"]);
for await (const page of sdk.paginateListAccounts({ client: chime, pageSize: 2 }, {})) assert.ok(page.Accounts.length > 0);

const email = `js-${Date.now()}@${enterprise.domain}`;
const { UserId } = (await chime.createUser({ AccountId: enterprise.id, Email: email })).User;
const whom = { AccountId: enterprise.id, UserId };
assert.equal((await chime.getUser(whom)).User.PrimaryEmail, email);
assert.equal((await chime.updateUser({ ...whom, LicenseType: "Basic" })).User.LicenseType, "Basic");
const items = [{ UserId, LicenseType: "Plus" }, { UserId: ODD[3], LicenseType: "Plus" }];
const { UserErrors } = await chime.batchUpdateUser({ AccountId: enterprise.id, UpdateUserRequestItems: items });
assert.deepEqual(UserErrors.map((error) => [error.UserId, error.ErrorCode]), [[ODD[3], "NotFound"]]);
assert.match((await chime.resetPersonalPIN(whom)).User.PersonalPIN, /^[1-9][0-9]{9}$/);
const Telephony = { InboundCalling: true, OutboundCalling: false, SMS: true };
await chime.updateUserSettings({ ...whom, UserSettings: { Telephony } });
assert.deepEqual((await chime.getUserSettings(whom)).UserSettings.Telephony, Telephony);
await chime.logoutUser(whom);
const list = { AccountId: enterprise.id, UserIdList: [UserId] };
assert.deepEqual((await chime.batchSuspendUser(list)).UserErrors, []);
assert.equal((await chime.getUser(whom)).User.UserRegistrationStatus, "Suspended");
assert.deepEqual((await chime.batchUnsuspendUser(list)).UserErrors, []);

await chime.updateAccountSettings({ AccountId, AccountSettings: { DisableRemoteControl: true } });
assert.deepEqual((await chime.getAccountSettings({ AccountId })).AccountSettings, { DisableRemoteControl: true, EnableDialOut: false });
const SigninDelegateGroups = [{ GroupName: "Büro" }, { GroupName: "Z" }];
await chime.associateSigninDelegateGroupsWithAccount({ AccountId, SigninDelegateGroups });
await chime.disassociateSigninDelegateGroupsFromAccount({ AccountId, GroupNames: ["Z"] });
assert.deepEqual((await chime.getAccount({ AccountId })).Account.SigninDelegateGroups, [{ GroupName: "Büro" }]);
await chime.updateGlobalSettings({ VoiceConnector: { CdrBucket: "voice" } });
assert.deepEqual((await chime.getGlobalSettings({})).VoiceConnector, { CdrBucket: "voice" });

await refused(sdk.UnprocessableEntityException, 422, chime.deleteAccount({ AccountId: team.id }));
await refused(sdk.ConflictException, 409, chime.createUser({ AccountId: enterprise.id, Email: email }));
await refused(sdk.BadRequestException, 400, chime.createAccount({ Name: "n".repeat(101) }));
await refused(sdk.BadRequestException, 400, chime.listPhoneNumbers({}));
for (const odd of ODD) {
  await refused(sdk.NotFoundException, 404, chime.getUser({ AccountId: odd, UserId: odd }));
  await refused(sdk.NotFoundException, 404, chime.updateUser({ AccountId: team.id, UserId: odd, LicenseType: "Pro" }));
}
const wrong = new sdk.Chime({ endpoint: process.env.CARILLON_URL, region: "us-east-1", maxAttempts: 1,
  credentials: { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: "wrong" } });
await assert.rejects(wrong.listAccounts({}), { name: "SignatureDoesNotMatch" });

await chime.batchSuspendUser({ AccountId, UserIdList: users.map((user) => user.UserId) });
await chime.deleteAccount({ AccountId });
assert.equal((await chime.getAccount({ AccountId })).Account.AccountStatus, "Suspended");
console.log("all of it");
