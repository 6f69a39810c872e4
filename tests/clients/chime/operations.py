"""Accounts and users, done."""

import datetime

from .sample import DEMO, DOMAIN, ENTERPRISE, TEAM, Case, ODD, address, unknown


class Accounts(Case):
    def test_create_and_get(self):
        created = self.chime.create_account(Name="Ärger & Söhne 日本")
        self.assertEqual(created["ResponseMetadata"]["HTTPStatusCode"], 201)
        self.assertEqual(len(created["ResponseMetadata"]["RequestId"]), 36)
        account = created["Account"]
        self.assertEqual(account["Name"], "Ärger & Söhne 日本")
        self.assertEqual((account["AccountType"], account["AccountStatus"]), ("Team", "Active"))
        self.assertEqual((account["DefaultLicense"], account["SupportedLicenses"]), ("Plus", ["Basic", "Plus", "Pro"]))
        age = datetime.datetime.now(datetime.timezone.utc) - account["CreatedTimestamp"]
        self.assertLess(abs(age), datetime.timedelta(minutes=5))
        self.assertEqual(self.chime.get_account(AccountId=account["AccountId"])["Account"], account)

    def test_an_enterprise_account_says_so(self):
        account = self.chime.get_account(AccountId=ENTERPRISE)["Account"]
        self.assertEqual((account["AccountType"], account["Name"]), ("EnterpriseLWA", "Sample Enterprise"))

    def test_list_by_name_and_by_member(self):
        names = [f"Zebra {n}" for n in range(5)]
        for name in names:
            self.new_account(name)
        pages = list(self.chime.get_paginator("list_accounts").paginate(Name="zebra", PaginationConfig={"PageSize": 2}))
        self.assertEqual([len(page["Accounts"]) for page in pages], [2, 2, 1])
        self.assertEqual(sorted(a["Name"] for page in pages for a in page["Accounts"]), names)
        found = self.chime.list_accounts(UserEmail="BARBARA@Corp.Example")["Accounts"]
        self.assertEqual([account["AccountId"] for account in found], [ENTERPRISE])
        self.assertEqual(self.chime.list_accounts(UserEmail="nobody@example.org")["Accounts"], [])
        self.assertEqual(self.chime.list_accounts(Name="no such name")["Accounts"], [])


class Users(Case):
    def test_list_pages_through_all(self):
        account = self.new_account()
        emails = sorted(f"user{n}@example.org" for n in range(7))
        self.chime.invite_users(AccountId=account, UserEmailList=list(reversed(emails)))
        pages = self.chime.get_paginator("list_users").paginate(AccountId=account, PaginationConfig={"PageSize": 3})
        pages = [[user["PrimaryEmail"] for user in page["Users"]] for page in pages]
        self.assertEqual([len(page) for page in pages], [3, 3, 1])
        self.assertEqual([email for page in pages for email in page], emails)
        whole = self.chime.list_users(AccountId=account, MaxResults=7)
        self.assertEqual((len(whole["Users"]), whole.get("NextToken")), (7, None))

    def test_a_registered_member_in_full(self):
        grace = self.user(TEAM, "Grace@Example.com")[0]
        self.assertEqual((grace["DisplayName"], grace["AccountId"], grace["UserType"]), ("Grace Hopper", TEAM, "PrivateUser"))
        self.assertEqual((grace["UserRegistrationStatus"], grace["LicenseType"]), ("Registered", "Pro"))
        self.assertIn("RegisteredOn", grace)
        self.assertEqual(self.chime.get_user(AccountId=TEAM, UserId=grace["UserId"])["User"], grace)

    def test_invite_answers_each_address(self):
        account = self.new_account()
        wanted = ["new@example.org", "not-an-address", "Ünïcode@example.org", "grace@example.com", "x@corp.example"]
        answer = self.chime.invite_users(AccountId=account, UserEmailList=wanted)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 201)
        said = [(invite["EmailAddress"], invite["Status"], invite["EmailStatus"]) for invite in answer["Invites"]]
        sent, failed = ("Pending", "NotSent"), ("Failed", "NotSent")
        # Who is elsewhere is answered like a stranger; an address of another account's domain is not (rule 14).
        self.assertEqual(said, list(map(lambda e, s: (e, *s), wanted, [sent, failed, failed, sent, failed])))
        shown = self.chime.get_user(AccountId=account, UserId=answer["Invites"][3]["InviteId"])["User"]
        self.assertEqual((shown["UserRegistrationStatus"], shown["UserInvitationStatus"]), ("Unregistered", "Pending"))
        self.assertNotIn("DisplayName", shown)
        self.assertEqual(len(self.users(account)), 2)
        again = self.chime.invite_users(AccountId=account, UserEmailList=["NEW@example.org"])["Invites"][0]
        self.assertEqual((again["Status"], len(self.users(account))), ("Pending", 2))

    def test_create_on_the_own_domain(self):
        email = address(DOMAIN)
        answer = self.chime.create_user(AccountId=ENTERPRISE, Email=email, Username="ignored")
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 201)
        self.assertEqual((answer["User"]["UserRegistrationStatus"], answer["User"]["LicenseType"]), ("Unregistered", "Plus"))
        self.assertNotIn("DisplayName", answer["User"])
        self.refused("ConflictException", self.chime.create_user, AccountId=ENTERPRISE, Email=email.upper())
        self.assertEqual(len(self.user(ENTERPRISE, email)), 1)

    def test_create_on_a_team_invites(self):
        email = address()
        user = self.chime.create_user(AccountId=self.new_account(), Email=email)["User"]
        self.assertEqual((user["PrimaryEmail"], user["UserInvitationStatus"]), (email, "Pending"))

    def test_update_one(self):
        user = self.new_member()
        whom = {"AccountId": ENTERPRISE, "UserId": user["UserId"]}
        for license in ["Pro", "Basic", "Plus"]:
            self.assertEqual(self.chime.update_user(**whom, LicenseType=license)["User"]["LicenseType"], license)
        self.assertEqual(self.chime.update_user(**whom)["User"]["LicenseType"], "Plus")

    def test_update_many_with_refusals(self):
        good, other, nobody = self.new_member()["UserId"], self.new_member()["UserId"], unknown()
        items = [(good, "Pro"), (nobody, "Pro"), (other, "ProTrial"), (ODD[0], "Basic")]
        items = [{"UserId": user, "LicenseType": license} for user, license in items]
        answer = self.chime.batch_update_user(AccountId=ENTERPRISE, UpdateUserRequestItems=items)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 200)
        expected = {nobody: "NotFound", other: "BadRequest", ODD[0]: "NotFound"}
        self.assertEqual(self.errors(answer), expected)
        licenses = [self.chime.get_user(AccountId=ENTERPRISE, UserId=user)["User"]["LicenseType"] for user in (good, other)]
        self.assertEqual(licenses, ["Pro", "Plus"])

    def test_suspend_and_unsuspend(self):
        user, idle, nobody = self.new_member()["UserId"], self.new_member()["UserId"], unknown()
        status = lambda: self.chime.get_user(AccountId=ENTERPRISE, UserId=user)["User"]["UserRegistrationStatus"]
        answer = self.chime.batch_suspend_user(AccountId=ENTERPRISE, UserIdList=[user, nobody])
        self.assertEqual((self.errors(answer), status()), ({nobody: "NotFound"}, "Suspended"))
        # Who is not suspended is passed over.
        answer = self.chime.batch_unsuspend_user(AccountId=ENTERPRISE, UserIdList=[user, idle, nobody])
        self.assertEqual((self.errors(answer), status()), ({nobody: "NotFound"}, "Unregistered"))
        answer = self.chime.batch_unsuspend_user(AccountId=ENTERPRISE, UserIdList=[user])
        self.assertEqual(self.errors(answer), {})

    def test_suspending_on_a_team_removes(self):
        account, email = self.new_account(), address()
        invite = self.chime.invite_users(AccountId=account, UserEmailList=[email])["Invites"][0]
        answer = self.chime.batch_suspend_user(AccountId=account, UserIdList=[invite["InviteId"]])
        self.assertEqual((self.errors(answer), self.users(account)), ({}, []))
        self.assertEqual(self.chime.invite_users(AccountId=account, UserEmailList=[email])["Invites"][0]["Status"], "Pending")

    def test_log_out(self):
        user = next(user for user in DEMO["users"] if user["address"].startswith("barbara"))
        answer = self.chime.logout_user(AccountId=ENTERPRISE, UserId=user["id"])
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 204)
