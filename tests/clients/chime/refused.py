"""What clients don't check, or get wrong. Nothing is changed by any of it."""

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from urllib3 import PoolManager

from .sample import DEMO, ENTERPRISE, ODD, TEAM, Case, address, unknown

WEB = PoolManager(retries=False)


def raw(method, path, body=None, kind="application/json"):
    """A signed request that boto3 would not make."""
    request = AWSRequest(method, DEMO["url"] + path, data=body, headers={"Content-Type": kind} if body else {})
    keys = Credentials(DEMO["access_key_id"], DEMO["secret_access_key"])
    SigV4Auth(keys, "chime", "us-east-1").add_auth(request)
    return WEB.request(method, DEMO["url"] + path, body=body, headers=dict(request.headers))


class Refused(Case):
    def setUp(self):
        self.before = self.everything()

    def tearDown(self):
        self.assertEqual(self.everything(), self.before, "a refused request changed something")

    def everything(self):
        accounts = [a for p in self.chime.get_paginator("list_accounts").paginate() for a in p["Accounts"]]
        return accounts, [self.users(account) for account in (TEAM, ENTERPRISE)]

    def bad(self, call, **members):
        return self.refused("BadRequestException", call, **members)["Message"]

    def test_limits(self):
        ids = [unknown() for _ in range(51)]
        updates = [{"UserId": user, "LicenseType": "Pro"} for user in ids[:21]]
        self.bad(self.chime.invite_users, AccountId=TEAM, UserEmailList=[address() for _ in ids])
        self.bad(self.chime.batch_update_user, AccountId=ENTERPRISE, UpdateUserRequestItems=updates)
        self.bad(self.chime.batch_suspend_user, AccountId=ENTERPRISE, UserIdList=ids)
        self.bad(self.chime.batch_unsuspend_user, AccountId=ENTERPRISE, UserIdList=ids)
        self.bad(self.chime.create_account, Name="n" * 101)
        self.bad(self.chime.list_accounts, MaxResults=201)
        self.bad(self.chime.list_users, AccountId=TEAM, MaxResults=201)

    def test_patterns_and_words(self):
        for name in [" ", "\t\n ", "a\0b"]:
            self.bad(self.chime.create_account, Name=name)
        self.assertIn("LicenseType", self.bad(self.chime.update_user, AccountId=TEAM, UserId=unknown(), LicenseType="Gold"))
        update = [{"UserId": unknown(), "LicenseType": "pro"}]
        self.assertIn("LicenseType", self.bad(self.chime.batch_update_user, AccountId=TEAM, UpdateUserRequestItems=update))
        self.bad(self.chime.invite_users, AccountId=TEAM, UserEmailList=[address()], UserType="Robot")
        self.bad(self.chime.invite_users, AccountId=TEAM, UserEmailList=[])
        self.bad(self.chime.list_users, AccountId=TEAM, UserEmail="no-address")
        self.bad(self.chime.create_user, AccountId=TEAM, Username="A name and no address")
        self.bad(self.chime.create_user, AccountId=TEAM, Email="no-address")
        self.bad(self.chime.batch_suspend_user, AccountId=ENTERPRISE, UserIdList=[" "])

    def test_against_the_rules(self):
        grace = self.user(TEAM, "grace@example.com")[0]["UserId"]
        self.bad(self.chime.update_user, AccountId=TEAM, UserId=grace, LicenseType="ProTrial")
        self.bad(self.chime.invite_users, AccountId=ENTERPRISE, UserEmailList=[address()])
        self.bad(self.chime.create_user, AccountId=ENTERPRISE, Email=address())
        self.bad(self.chime.create_user, AccountId=TEAM, Email=address("corp.example"))

    def test_odd_ids_are_unknown_ones(self):
        for odd in ODD:
            with self.subTest(odd):
                gone = "NotFoundException"
                self.refused(gone, self.chime.get_account, AccountId=odd)
                self.refused(gone, self.chime.list_users, AccountId=odd)
                self.refused(gone, self.chime.get_user, AccountId=TEAM, UserId=odd)
                self.refused(gone, self.chime.update_user, AccountId=odd, UserId=odd, LicenseType="Pro")
                self.refused(gone, self.chime.logout_user, AccountId=TEAM, UserId=odd)
                self.refused(gone, self.chime.reset_personal_pin, AccountId=TEAM, UserId=odd)
                self.refused(gone, self.chime.get_user_settings, AccountId=odd, UserId=odd)
                self.refused(gone, self.chime.update_account, AccountId=odd, Name="A name")
                self.refused(gone, self.chime.delete_account, AccountId=odd)
                self.refused(gone, self.chime.get_account_settings, AccountId=odd)
                answer = self.chime.batch_suspend_user(AccountId=ENTERPRISE, UserIdList=[odd])
                self.assertEqual(self.errors(answer), {odd: "NotFound"})

    def test_no_id_never_becomes_a_list(self):
        for call, members in [
            (self.chime.get_account, {"AccountId": ""}),
            (self.chime.get_user, {"AccountId": TEAM, "UserId": ""}),
            (self.chime.get_user, {"AccountId": TEAM, "UserId": ".."}),
            (self.chime.get_account, {"AccountId": "."}),
            (self.chime.list_users, {"AccountId": ""}),
            (self.chime.delete_account, {"AccountId": ""}),
            (self.chime.delete_account, {"AccountId": ".."}),
            (self.chime.get_account_settings, {"AccountId": ""}),
            (self.chime.get_user_settings, {"AccountId": TEAM, "UserId": ""}),
            (self.chime.get_user_settings, {"AccountId": TEAM, "UserId": ".."}),
        ]:
            self.bad(call, **members)

    def test_tokens_of_lists(self):
        account = self.chime.list_accounts(MaxResults=1)["NextToken"]
        user = self.chime.list_users(AccountId=TEAM, MaxResults=1)["NextToken"]
        self.chime.list_users(AccountId=TEAM, NextToken=user)
        self.bad(self.chime.list_users, AccountId=TEAM, NextToken=account)
        self.bad(self.chime.list_users, AccountId=ENTERPRISE, NextToken=user)
        self.bad(self.chime.list_users, AccountId=TEAM, UserEmail="grace@example.com", NextToken=user)
        self.bad(self.chime.list_accounts, Name="S", NextToken=account)
        for made_up in ["x", user[:-1], user + "A", "A" * 5000, "%00", "ü"]:
            self.bad(self.chime.list_users, AccountId=TEAM, NextToken=made_up)

    def test_bodies(self):
        invite = f"/accounts/{TEAM}/users?operation=add"
        for path, body, kind in [
            ("/accounts", b"", "application/json"),
            ("/accounts", b"{", "application/json"),
            ("/accounts", b'["A name"]', "application/json"),
            ("/accounts", b'{"Name": 7}', "application/json"),
            ("/accounts", b'{"Name": null}', "application/json"),
            ("/accounts", b'{"Name": "A", "Name": "B"}', "application/json"),
            ("/accounts", b'{"Name": "\xff"}', "application/json"),
            ("/accounts", '{"Name": "A"}'.encode("utf-16"), "application/json"),
            ("/accounts", b'{"Name": "A"}', "text/plain"),
            ("/accounts", b"Name=A", "application/x-www-form-urlencoded"),
            (invite, b'{"UserEmailList": "a@example.org"}', "application/json"),
            (invite, b'{"UserEmailList": [["a@example.org"]]}', "application/json"),
            (invite, b'{"UserEmailList": {}}', "application/json"),
            ("/accounts", b'{"Name": ' + b"[" * 5000, "application/json"),
        ]:
            with self.subTest(body[:40]):
                answer = raw("POST", path, body, kind)
                self.assertEqual((answer.status, answer.headers["x-amzn-errortype"]), (400, "BadRequestException"), answer.data)
                self.assertEqual(answer.json()["Code"], "BadRequest")
        # One byte more than is read: the server has all of it when it answers, so no connection breaks.
        answer = raw("POST", "/accounts", b" " * (1024 * 1024 + 1))
        self.assertEqual((answer.status, answer.headers["x-amzn-errortype"]), (400, "BadRequestException"))

    def test_what_is_not_offered_answers_in_the_dialect(self):
        for method, path, status in [
            ("DELETE", f"/accounts/{TEAM}", 422),
            ("DELETE", f"/accounts/{TEAM}?operation=delete", 400),
            ("DELETE", "/accounts/", 400),
            ("DELETE", f"/accounts/{TEAM}/settings", 404),
            ("POST", "/accounts/?operation=associate-signin-delegate-groups", 400),
            ("PUT", f"/accounts/{TEAM}/users//settings", 400),
            ("PUT", f"/accounts/{TEAM}/settings", 400),
            ("GET", "/phone-numbers", 400),
            ("PUT", "/settings?x=y", 400),
            ("POST", f"/accounts/{TEAM}/users?operation=erase", 400),
            ("POST", f"/accounts/{TEAM}/users?operation=", 400),
            ("GET", f"/accounts/{TEAM}//users", 400),
            ("GET", f"/accounts/{TEAM}/users/", 400),
            ("GET", "/accounts?max-results=0", 400),
            ("GET", "/accounts?max-results=ten", 400),
            ("GET", "/accounts?max-results=1&max-results=2", 400),
            ("PATCH", "/accounts", 404),
        ]:
            with self.subTest(f"{method} {path}"):
                answer = raw(method, path)
                self.assertEqual(answer.status, status, answer.data)
                self.assertTrue(answer.headers["x-amzn-errortype"].endswith("Exception"))
                self.assertTrue(answer.json()["Message"])
